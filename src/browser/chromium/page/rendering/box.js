(selector) => {
  const element = document.querySelector(selector);
  const box = element?.getBoundingClientRect();
  if (!box?.width || !box.height) {
    return null;
  }
  let { left, top } = box;
  // Frames of other sites do not say where they lie.
  for (let view = window; view.frameElement; view = view.parent) {
    const frame = view.frameElement;
    const outer = frame.getBoundingClientRect();
    left += outer.left + frame.clientLeft;
    top += outer.top + frame.clientTop;
  }
  return { left, top, right: left + box.width, bottom: top + box.height };
};
