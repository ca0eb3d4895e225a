//! What a worker said of its end before its connection ended: whether that end was its own choice.

use std::collections::HashMap;

use crate::id::WorkerId;

/// How a worker ended, by what it had said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Departure {
    /// It said goodbye, or was told to end at once.
    pub(crate) said_goodbye: bool,
    /// Why it could not go on, in its own words.
    pub(crate) fault: Option<String>,
}

impl Departure {
    /// Its end was not its own choice.
    pub(crate) fn is_crash(&self) -> bool {
        self.fault.is_some() || !self.said_goodbye
    }
}

/// The workers that have said anything of their end.
#[derive(Debug, Default)]
pub(super) struct Conducts(HashMap<WorkerId, Departure>);

impl Conducts {
    pub(super) fn fault(&mut self, worker: WorkerId, message: &str) {
        self.of(worker).fault = Some(message.to_owned());
    }

    pub(super) fn goodbye(&mut self, worker: WorkerId) {
        self.of(worker).said_goodbye = true;
    }

    fn of(&mut self, worker: WorkerId) -> &mut Departure {
        self.0.entry(worker).or_default()
    }

    /// Its connection has ended.
    pub(super) fn departure(&mut self, worker: WorkerId) -> Departure {
        self.0.remove(&worker).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_end_that_nobody_chose_is_a_crash() {
        let mut conducts = Conducts::default();
        assert!(conducts.departure(1).is_crash(), "it said nothing");
        conducts.goodbye(1);
        assert!(!conducts.departure(1).is_crash());
        assert!(conducts.departure(1).is_crash(), "that was another one");
        conducts.fault(1, "PhantomJS ended");
        conducts.goodbye(1);
        let departure = conducts.departure(1);
        assert!(departure.is_crash());
        assert_eq!(departure.fault.as_deref(), Some("PhantomJS ended"));
    }
}
