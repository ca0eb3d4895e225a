//! How loads end.

use super::{Failure, LoadError, Response, Told, Tracker};
use crate::browser::chromium::page::loads::failure::canceled;
use crate::browser::chromium::page::network::errors::NetworkError;

/// How many loads are remembered once they are over.
const REMEMBERED: usize = 8;

impl Tracker {
    /// The load event of the page's own document is over.
    pub(in super::super) fn loaded(&mut self, loader: &str) {
        let Some(load) = self.load.as_ref().filter(|load| load.is_shown) else {
            return;
        };
        if load.loader.as_deref() != Some(loader) {
            return;
        }
        if load.is_empty {
            self.told.push(Told::Emptied);
        } else if self.document.response.is_refused() {
            let error = LoadError::refused(&self.document.response, &self.document.url);
            self.finish(Err(error));
        } else {
            self.finish(Ok(()));
        }
    }

    /// No request of the page's own document for half a second: `Page.lifecycleEvent` "networkIdle".
    pub(in super::super) fn idle(&mut self, loader: &str) {
        let has_frames = !self.frames.is_empty();
        match &mut self.load {
            Some(load) if load.loader.as_deref() == Some(loader) && load.is_shown => {
                load.is_idle = true;
                if !has_frames && !load.is_empty {
                    // A frame's script has opened its document and never closes it: there will be no load event.
                    self.finish(Ok(()));
                }
            }
            _ => {}
        }
    }

    /// `Page.frameStoppedLoading`
    pub(in super::super) fn stopped(&mut self, frame: &str) {
        if frame != self.main {
            return self.stopped_frame(frame);
        }
        match &self.navigation {
            // The reply of its command says why.
            Some(next) if next.asked.is_some() && next.failure.is_none() => {}
            Some(_) => self.give_up(),
            // Without its load event: window.stop().
            // The empty document has no parts.
            None if matches!(&self.load, Some(load) if load.is_empty) => {}
            None if self.is_own(&self.document.loader) => {
                if self.is_late {
                    self.finish(Ok(()));
                } else {
                    self.stop_shown();
                }
            }
            None => {}
        }
    }

    fn stopped_frame(&mut self, frame: &str) {
        self.frames.retain(|other| other != frame);
        if !self.frames.is_empty() {
            return;
        }
        match &self.load {
            Some(load) if load.loader.is_some() => {
                if let Some(loader) = load.loader.as_ref().filter(|_| load.is_idle) {
                    self.told.push(Told::Idle(loader.clone()));
                }
            }
            Some(load) if load.has_failed => {
                self.finish(Err(LoadError::new(None, &Response::default(), self.url())));
            }
            Some(_) => self.finish(Ok(())),
            None => {}
        }
    }

    /// `Page.frameDetached`: the frame is gone.
    pub(in super::super) fn detached(&mut self, frame: &str) {
        self.announced.retain(|other| other != frame);
        if frame != self.main {
            self.stopped_frame(frame);
        }
    }

    /// Why the page's own document will not come, should it not.
    pub(in super::super) fn failing(&mut self, loader: &str, failure: Failure) {
        if let Some(next) = &mut self.navigation
            && next.loader == loader
            && !matches!(next.failure, Some(Failure::Known(_)))
        {
            let is_stopping = self.is_stopping;
            next.failure = Some(if is_stopping {
                Failure::Known(canceled())
            } else {
                failure
            });
        }
    }

    /// The same of whatever is on its way.
    pub(in super::super) fn failing_now(&mut self, error: NetworkError) {
        if let Some(next) = &mut self.navigation {
            next.failure = Some(Failure::Known(error));
        }
    }

    /// The page's own document will not come, and what was shown stays.
    pub(in super::super) fn give_up(&mut self) {
        let Some(loader) = self.navigation.as_ref().map(|next| next.loader.clone()) else {
            return;
        };
        if !self.is_own(&loader) {
            self.begin(Some(&loader));
        }
        if let Some(next) = self.navigation.take() {
            let error = LoadError::new(next.failure.as_ref(), &next.response, &next.url);
            self.finish(Err(error));
        }
    }

    /// A command's reply: its document will not come.
    pub(in super::super) fn failed(&mut self, loader: &str) {
        if self.is_next(loader) {
            self.give_up();
        }
    }

    /// What is not there yet is given up, and the page is loaded without.
    pub(in super::super) fn ends_late(&mut self) {
        self.is_late = true;
    }

    /// A command is about to stop whatever loads.
    pub(in super::super) fn stopping(&mut self) {
        self.is_stopping = true;
    }

    /// It has: that is over.
    pub(in super::super) fn stop(&mut self) {
        self.is_stopping = false;
        if self.navigation.is_some() {
            self.failing_now(canceled());
            self.give_up();
        } else if self.load.is_some() {
            self.stop_shown();
        }
    }

    fn stop_shown(&mut self) {
        let error = LoadError::new(None, &self.document.response, self.address());
        self.finish(Err(error));
    }

    pub(super) fn finish(&mut self, outcome: Result<(), LoadError>) {
        self.go_on();
        let load = self.load.take();
        self.is_late = false;
        let is_success = outcome.is_ok();
        self.progress = 100;
        match outcome {
            Err(error) if !load.as_ref().is_some_and(|load| load.is_replaced) => {
                self.tell_error(error);
            }
            Ok(()) if self.has_error => {
                self.has_error = false;
                self.told.push(Told::Error(None));
            }
            _ => {}
        }
        self.told.push(Told::Finished(is_success));
        if !self.is_new() && !std::mem::replace(&mut self.has_loaded, true) {
            self.told.push(Told::First);
        }
        if let Some(loader) = load.and_then(|load| load.loader) {
            if self.ended.len() == REMEMBERED {
                let _ = self.ended.pop_front();
            }
            self.ended.push_back((loader.clone(), is_success));
            self.told.push(Told::Ended(loader, is_success));
        }
        self.watch_no_more();
    }

    /// Unless there is more to come.
    pub(super) fn watch_no_more(&mut self) {
        if self.is_watching && self.navigation.is_none() && self.load.is_none() {
            self.is_watching = false;
            self.told.push(Told::Unwatch);
        }
    }
}
