//! Which frames there are, by their ids.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::browser::chromium::cdp::SessionId;

/// All frames of a page. There is always a main one.
#[derive(Debug)]
pub(super) struct Tree {
    main: Arc<str>,
    current: Arc<str>,
    frames: FxHashMap<Arc<str>, Frame>,
}

/// One frame.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) parent: Option<Arc<str>>,
    /// In the order in which they came.
    pub(super) children: Vec<Arc<str>>,
    pub(super) name: String,
    pub(super) url: String,
    /// Its own or its parent's; none for the page's.
    pub(super) session: Option<SessionId>,
    /// The context of its scripts, in that session.
    pub(super) context: Option<i64>,
}

impl Tree {
    pub(super) fn new(main: &str, session: &SessionId) -> Self {
        let main: Arc<str> = main.into();
        let frame = Frame {
            session: Some(session.clone()),
            ..Frame::default()
        };
        Self {
            current: Arc::clone(&main),
            frames: FxHashMap::from_iter([(Arc::clone(&main), frame)]),
            main,
        }
    }

    pub(super) fn main(&self) -> &str {
        &self.main
    }

    pub(super) fn main_id(&self) -> Arc<str> {
        Arc::clone(&self.main)
    }

    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn is_at_main(&self) -> bool {
        self.current == self.main
    }

    pub(super) fn get(&self, id: &str) -> Option<&Frame> {
        self.frames.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Frame> {
        self.frames.get_mut(id)
    }

    /// All ids.
    pub(super) fn ids(&self) -> Vec<Arc<str>> {
        self.frames.keys().cloned().collect()
    }

    /// Those in a frame, in their order.
    pub(super) fn children(&self, id: &str) -> &[Arc<str>] {
        self.frames.get(id).map_or(&[], |frame| &frame.children)
    }

    /// A frame without a name has one that PhantomJS gives it, of the way to it and its place.
    pub(super) fn name_of(&self, id: &str) -> String {
        let Some(frame) = self.frames.get(id) else {
            return String::new();
        };
        match &frame.parent {
            Some(parent) if frame.name.is_empty() => {
                let place = self
                    .children(parent)
                    .iter()
                    .position(|child| **child == *id);
                let place = place.unwrap_or_default();
                format!(
                    "<!--framePath {}/<!--frame{place}-->-->",
                    self.path_to(parent)
                )
            }
            _ => frame.name.clone(),
        }
    }

    fn path_to(&self, id: &str) -> String {
        match self.frames.get(id).and_then(|frame| frame.parent.as_ref()) {
            Some(parent) => format!("{}/{}", self.path_to(parent), self.name_of(id)),
            None => "/".to_owned(),
        }
    }

    /// Commands are about this frame from now on; false where there is none.
    pub(super) fn switch_to(&mut self, id: &str) -> bool {
        match self.frames.get_key_value(id) {
            Some((id, _)) => {
                self.current = Arc::clone(id);
                true
            }
            None => false,
        }
    }

    /// A frame is there, in `parent`.
    pub(super) fn attach(&mut self, id: &str, parent: &str, session: &SessionId) {
        if self.frames.contains_key(id) {
            return;
        }
        let Some((parent, _)) = self.frames.get_key_value(parent) else {
            return;
        };
        let (id, parent) = (Arc::<str>::from(id), Arc::clone(parent));
        if let Some(frame) = self.frames.get_mut(&parent) {
            frame.children.push(Arc::clone(&id));
        }
        let frame = Frame {
            parent: Some(parent),
            session: Some(session.clone()),
            ..Frame::default()
        };
        let _ = self.frames.insert(id, frame);
    }

    /// A frame is gone, with all in it.
    pub(super) fn detach(&mut self, id: &str) {
        if *id == *self.main {
            return;
        }
        self.empty(id);
        let Some(frame) = self.frames.remove(id) else {
            return;
        };
        if let Some(parent) = frame.parent.and_then(|id| self.frames.get_mut(&id)) {
            parent.children.retain(|child| **child != *id);
        }
        if *self.current == *id {
            // As in PhantomJS.
            self.current = Arc::clone(&self.main);
        }
    }

    /// All in a frame is gone: it has another document.
    pub(super) fn empty(&mut self, id: &str) {
        for child in self.children(id).to_vec() {
            self.detach(&child);
        }
    }

    /// A session has no contexts any more, or not this one.
    pub(super) fn forget_context(&mut self, session: &SessionId, context: Option<i64>) {
        for frame in self.frames.values_mut() {
            let is_its = frame.session.as_ref() == Some(session);
            if is_its && (context.is_none() || frame.context == context) {
                frame.context = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_frame_goes_with_it() {
        let session = SessionId::of("s");
        let mut tree = Tree::new("main", &session);
        tree.attach("a", "main", &session);
        tree.attach("b", "main", &session);
        tree.attach("a1", "a", &session);
        tree.attach("lost", "nobody", &session);
        assert_eq!(tree.children("main").len(), 2);
        assert!(tree.switch_to("a1"));
        assert!(!tree.switch_to("lost"));
        tree.detach("a");
        assert!(tree.get("a1").is_none());
        assert!(tree.is_at_main());
        assert_eq!(tree.children("main").len(), 1);
        tree.empty("main");
        assert!(tree.get("b").is_none());
        tree.detach("main");
        assert!(tree.get("main").is_some());
    }
}
