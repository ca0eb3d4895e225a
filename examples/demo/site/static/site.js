// On every page, first of all. PhantomJS's own page events are not needed: the page keeps its script errors itself.
window.scriptErrors = [];
window.onerror = function (message) {
  window.scriptErrors.push(String(message));
};
