//! How a worker behaved before its connection ended: whether its end was its own choice.

use std::collections::HashMap;

use crate::id::WorkerId;

#[derive(Debug, Default)]
struct Conduct {
    /// Why it cannot go on, in its own words.
    fault: Option<String>,
    said_goodbye: bool,
    /// A lease that is over blocks it: whatever else it holds is not to blame for its end.
    is_blocked: bool,
}

/// How a worker ended.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Departure {
    /// What it had begun may be why it ended.
    pub(super) is_crash: bool,
    pub(super) fault: Option<String>,
}

/// The conduct of the connected workers of which there is anything to say.
#[derive(Debug, Default)]
pub(super) struct Conducts(HashMap<WorkerId, Conduct>);

impl Conducts {
    pub(super) fn fault(&mut self, worker: WorkerId, message: &str) {
        self.of(worker).fault = Some(message.to_owned());
    }

    pub(super) fn goodbye(&mut self, worker: WorkerId) {
        self.of(worker).said_goodbye = true;
    }

    pub(super) fn blocked(&mut self, worker: WorkerId) {
        self.of(worker).is_blocked = true;
    }

    fn of(&mut self, worker: WorkerId) -> &mut Conduct {
        self.0.entry(worker).or_default()
    }

    /// Its connection has ended.
    pub(super) fn departure(&mut self, worker: WorkerId) -> Departure {
        let Conduct {
            fault,
            said_goodbye,
            is_blocked,
        } = self.0.remove(&worker).unwrap_or_default();
        Departure {
            is_crash: !is_blocked && (fault.is_some() || !said_goodbye),
            fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_end_that_nobody_chose_is_a_crash() {
        let mut conducts = Conducts::default();
        assert!(conducts.departure(1).is_crash, "it said nothing");
        conducts.goodbye(1);
        assert!(!conducts.departure(1).is_crash);
        assert!(conducts.departure(1).is_crash, "that was another one");
        conducts.fault(1, "PhantomJS ended");
        conducts.goodbye(1);
        let departure = conducts.departure(1);
        assert!(departure.is_crash);
        assert_eq!(departure.fault.as_deref(), Some("PhantomJS ended"));
        conducts.blocked(1);
        assert!(!conducts.departure(1).is_crash, "a lease that is over");
    }
}
