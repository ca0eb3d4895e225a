//! The policy with processes that do as they are told, or die, through random histories.

use super::*;
use proptest::prelude::*;

const MAX_WORKERS: usize = 4;
const STARTS_AT_ONCE: usize = 3;
const START_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
enum Step {
    /// A fork asked for succeeds.
    Fork,
    ForkFails(f64),
    Ready(Pick),
    Retiring(Pick, bool),
    Leaving(Pick),
    Exit(Pick, bool, bool, f64),
    /// A request is answered.
    Answer,
    Frozen(Pick),
    Resize(usize),
    Add,
    Wait(Duration),
    Stop,
}

/// One of the processes there are.
type Pick = usize;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let jitter = 0.0_f64..1.0;
    let step = prop_oneof![
        8 => Just(Step::Fork),
        1 => jitter.clone().prop_map(Step::ForkFails),
        6 => any::<Pick>().prop_map(Step::Ready),
        3 => (any::<Pick>(), any::<bool>()).prop_map(|(w, spent)| Step::Retiring(w, spent)),
        3 => any::<Pick>().prop_map(Step::Leaving),
        3 => (any::<Pick>(), any::<bool>(), any::<bool>(), jitter)
            .prop_map(|(w, clean, at_work, j)| Step::Exit(w, clean, at_work, j)),
        3 => Just(Step::Answer),
        1 => any::<Pick>().prop_map(Step::Frozen),
        4 => (0..=MAX_WORKERS).prop_map(Step::Resize),
        1 => Just(Step::Add),
        4 => (0_u64..20_000).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
    ];
    let stop = prop::option::weighted(0.3, Just(Step::Stop));
    (prop::collection::vec(step, 0..80), stop).prop_map(|(mut steps, stop)| {
        steps.extend(stop);
        steps
    })
}

fn options(max_restarts: u32) -> PolicyOptions {
    PolicyOptions {
        restart: RestartOptions {
            min_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(5),
            max_restarts,
            window: Duration::from_secs(60),
        },
        start_timeout: START_TIMEOUT,
        stop_timeout: Duration::from_secs(5),
        starts_at_once: STARTS_AT_ONCE,
    }
}

/// A worker as its owner knows it.
#[derive(Debug)]
struct Process {
    forked: Instant,
    /// It has said anything at all.
    heard: bool,
    late: bool,
    ready: bool,
    /// On its way out, by its own word or that of the policy.
    retiring: bool,
    /// By that of the policy.
    told: bool,
    /// It has asked to be let go.
    leaving: bool,
    released: Option<Instant>,
    terminated: Option<Instant>,
    frozen: bool,
    killed: bool,
}

impl Process {
    fn new(forked: Instant) -> Self {
        Self {
            forked,
            heard: false,
            late: false,
            ready: false,
            retiring: false,
            told: false,
            leaving: false,
            released: None,
            terminated: None,
            frozen: false,
            killed: false,
        }
    }

    /// Nothing is left for it but to end.
    fn must_end(&self) -> bool {
        self.released.is_some() || self.killed || self.terminated.is_some()
    }
}

struct World {
    policy: Policy,
    now: Instant,
    processes: BTreeMap<WorkerId, Process>,
    forking: usize,
    next_id: WorkerId,
    crash_loops: usize,
    stops: usize,
    answered: u64,
    /// Forks at once after a crash at work, each of which must have an answer of its own.
    at_once: u64,
}

impl World {
    fn start(workers: usize, max_restarts: u32) -> Self {
        let mut world = Self {
            policy: Policy::new(options(max_restarts)),
            now: Instant::now(),
            processes: BTreeMap::new(),
            forking: 0,
            next_id: 1,
            crash_loops: 0,
            stops: 0,
            answered: 0,
            at_once: 0,
        };
        let commands = world.policy.start(workers, world.now);
        world.obey(commands);
        world
    }

    fn pick(&self, pick: Pick) -> Option<WorkerId> {
        let count = self.processes.len();
        self.processes.keys().nth(pick.checked_rem(count)?).copied()
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Fork => self.fork(),
            Step::ForkFails(jitter) => self.fork_fails(jitter),
            Step::Ready(pick) => self.with(pick, Self::ready),
            Step::Retiring(pick, spent) => self.with(pick, |world, id| world.retiring(id, spent)),
            Step::Leaving(pick) => self.with(pick, Self::leaving),
            Step::Exit(pick, clean, at_work, jitter) => {
                self.with(pick, |world, id| world.exit(id, clean, at_work, jitter))
            }
            Step::Answer => self.answered += 1,
            Step::Frozen(pick) => self.with(pick, Self::frozen),
            Step::Resize(workers) => self.resize(workers),
            Step::Add => self.add(),
            Step::Wait(time) => self.wait(time),
            Step::Stop => self.stop(),
        }
        self.check();
    }

    fn with(&mut self, pick: Pick, act: impl FnOnce(&mut Self, WorkerId)) {
        if let Some(id) = self.pick(pick) {
            act(self, id);
        }
    }

    fn process(&mut self, id: WorkerId) -> &mut Process {
        self.processes
            .get_mut(&id)
            .expect("only of those there are")
    }

    fn fork(&mut self) {
        if self.forking == 0 {
            return;
        }
        self.forking -= 1;
        let id = self.next_id;
        self.next_id += 1;
        let _ = self.processes.insert(id, Process::new(self.now));
        let commands = self.policy.forked(id, self.now);
        self.obey(commands);
    }

    fn fork_fails(&mut self, jitter: f64) {
        if self.forking == 0 {
            return;
        }
        self.forking -= 1;
        let commands = self.policy.fork_failed(self.now, jitter);
        self.obey(commands);
    }

    fn ready(&mut self, id: WorkerId) {
        let process = self.process(id);
        (process.ready, process.heard) = (true, true);
        let is_late = process.late;
        let commands = self.policy.ready(id, self.now);
        let is_told = commands == [Command::Retire(id)];
        assert!(!is_late || is_told || commands.is_empty(), "it is killed");
        self.obey(commands);
    }

    fn retiring(&mut self, id: WorkerId, spent: bool) {
        let process = self.process(id);
        (process.retiring, process.heard) = (true, true);
        let commands = self.policy.retiring(id, spent, self.now);
        self.obey(commands);
    }

    fn leaving(&mut self, id: WorkerId) {
        let process = self.process(id);
        if process.leaving || process.must_end() {
            return;
        }
        process.retiring = true;
        process.leaving = true;
        process.heard = true;
        let commands = self.policy.leaving(id, self.now);
        self.obey(commands);
    }

    fn exit(&mut self, id: WorkerId, clean: bool, at_work: bool, jitter: f64) {
        let gone = self.processes.remove(&id).expect("only of those there are");
        let at = Circumstances {
            at_work,
            answered: self.answered,
        };
        let crashes = self.policy.crashes.total();
        let commands = self.policy.exited(id, clean, at, self.now, jitter);
        if self.policy.crashes.total() > crashes && commands.contains(&Command::Fork) {
            self.at_once += 1;
            assert!(self.at_once <= self.answered, "a storm");
        }
        if !gone.heard && !gone.told && !self.is_stopping() {
            assert!(self.policy.crashes.total() > crashes, "it never was ready");
        }
        self.obey(commands);
    }

    fn frozen(&mut self, id: WorkerId) {
        self.process(id).frozen = true;
        let commands = self.policy.frozen(id);
        assert_eq!(commands, [Command::Kill(id)]);
        self.obey(commands);
    }

    fn resize(&mut self, workers: usize) {
        let commands = self.policy.resize(workers, self.now);
        self.obey(commands);
        assert!(self.is_stopping() || self.policy.target == workers);
    }

    fn add(&mut self) {
        let before = self.policy.target;
        let commands = self.policy.add_worker();
        assert_eq!(commands.len(), usize::from(!self.is_stopping()));
        assert!(self.policy.target >= before);
        // It may be one more than the policy would fork by itself.
        self.forking += commands.len();
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        while self.policy.next_tick().is_some_and(|due| due <= self.now) {
            let commands = self.policy.tick(self.now);
            self.obey(commands);
        }
    }

    fn stop(&mut self) {
        let commands = self.policy.stop(self.now);
        self.obey(commands);
    }

    fn is_stopping(&self) -> bool {
        self.policy.stopping
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Fork => self.asked_to_fork(),
                Command::Terminate(id) => self.asked_to_terminate(id),
                Command::Retire(id) => {
                    let process = self.process(id);
                    // May be said again: to one that was not connected, or when all are to go.
                    process.retiring = true;
                    process.told = true;
                }
                Command::Release(id) => {
                    let now = self.now;
                    let process = self.process(id);
                    assert!(
                        process.leaving && process.released.is_none(),
                        "{id} did not ask, or was let go"
                    );
                    process.released = Some(now);
                }
                Command::Kill(id) => self.asked_to_kill(id),
                Command::KillLate(id) => {
                    let now = self.now;
                    let process = self.process(id);
                    assert!(!process.heard && process.forked + START_TIMEOUT <= now);
                    (process.late, process.killed) = (true, true);
                }
                Command::CrashLoop => self.crash_loops += 1,
                Command::Stopped => {
                    assert!(self.processes.is_empty() && self.forking == 0);
                    self.stops += 1;
                }
            }
        }
    }

    fn asked_to_fork(&mut self) {
        self.forking += 1;
        let all = self.processes.len() + self.forking;
        let target = self.policy.target;
        let extra = EXTRA_WORKERS.max(STARTS_AT_ONCE.min(target + 1));
        assert!(
            all <= self.policy.most() && all <= target + extra,
            "{all} are too many"
        );
        assert!(
            !self.is_stopping() && self.crash_loops == 0,
            "none is wanted"
        );
    }

    fn asked_to_terminate(&mut self, id: WorkerId) {
        assert!(self.is_stopping());
        let now = self.now;
        let process = self.process(id);
        assert_eq!(process.terminated, None, "once is enough");
        process.terminated = Some(now);
    }

    fn asked_to_kill(&mut self, id: WorkerId) {
        let now = self.now;
        let process = self.process(id);
        let told = process.terminated.or(process.released);
        let is_late = told.is_some_and(|at| at + Duration::from_secs(5) <= now);
        assert!(
            process.frozen || process.late || is_late,
            "{id} was given no time"
        );
        process.killed = true;
    }

    fn check(&self) {
        let lasting = self
            .processes
            .values()
            .filter(|process| process.ready && !process.retiring && !process.late);
        if !self.is_stopping() {
            assert!(
                lasting.count() <= self.policy.target + self.policy.ahead(),
                "those above the target retire"
            );
        }
        assert!(self.crash_loops <= 1 && self.stops <= 1, "said twice");
        let is_over = self.is_stopping() && self.processes.is_empty() && self.forking == 0;
        assert_eq!(self.stops == 1, is_over);
    }

    /// From here on nothing goes wrong: what can happen happens, until nothing more does. `idle`: no worker gets another
    /// request.
    fn settle(&mut self, idle: bool) {
        for _ in 0..100 {
            while self.forking > 0 {
                self.fork();
            }
            let ids: Vec<_> = self.processes.keys().copied().collect();
            for id in ids {
                self.live(id, idle);
            }
            self.wait(Duration::from_secs(5));
            self.check();
        }
    }

    /// What a sound worker does next.
    fn live(&mut self, id: WorkerId, idle: bool) {
        let process = self.process(id);
        // One that goes by its own word serves its last requests first.
        let is_out = process.told || process.retiring && !idle;
        let is_new = !process.ready;
        if process.must_end() {
            self.exit(id, true, false, 0.0);
        } else if is_out {
            self.leaving(id);
        } else if is_new {
            self.ready(id);
        }
    }

    fn has_converged(&self, idle: bool) {
        let count = self.processes.len();
        let target = self.policy.target;
        if self.is_stopping() {
            assert_eq!((self.stops, count), (1, 0));
        } else if self.crash_loops == 0 {
            let extra = if idle { EXTRA_WORKERS } else { 0 };
            assert!(
                (target..=target + extra).contains(&count),
                "{count} workers run, not {target}"
            );
        }
        for (id, process) in &self.processes {
            let is_on_its_way = if idle { process.told } else { process.retiring };
            assert!(
                process.ready && !is_on_its_way,
                "{id} waits for ever: {process:?}"
            );
        }
    }
}

/// Cheap steps: many more cases than the default. PROPTEST_CASES asks for more still.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases.max(2048),
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn workers_come_and_go_as_the_policy_says(
        workers in 1..=MAX_WORKERS,
        max_restarts in 1_u32..12,
        steps in steps(),
        idle in any::<bool>(),
    ) {
        let mut world = World::start(workers, max_restarts);
        for step in &steps {
            world.take(step);
        }
        world.settle(idle);
        world.has_converged(idle);
    }
}
