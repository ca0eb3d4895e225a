async ({ width, height, left, inner, places, pages }) => {
  const LIMIT = 10_000;
  document.body.style.margin = 0;
  const loaded = [];
  for (const texts of pages) {
    const sheet = document.createElement("div");
    // A little less than a page: papers are rounded.
    sheet.style.cssText = `position:relative;overflow:hidden;break-inside:avoid;width:${width}px;height:${height - 1}px`;
    sheet.style.breakAfter = texts === pages.at(-1) ? "auto" : "page";
    document.body.append(sheet);
    texts.forEach((html, index) => {
      if (html === "") {
        return;
      }
      const place = places[index];
      const frame = document.createElement("iframe");
      frame.style.cssText = `position:absolute;border:0;left:${left}px;width:${inner}px`;
      frame.style.top = `${place.top}px`;
      frame.style.height = `${place.height}px`;
      sheet.append(frame);
      loaded.push(
        new Promise((resolve) => {
          frame.addEventListener("load", () => {
            // What is too high for its place is shown all the same, over what follows it.
            const { scrollHeight } = frame.contentDocument?.documentElement ?? {};
            if (scrollHeight > place.height) {
              frame.style.height = `${scrollHeight}px`;
            }
            resolve();
          });
        }),
      );
      // Written, it is as old-fashioned as its text is.
      frame.contentDocument.open();
      frame.contentDocument.write(html);
      frame.contentDocument.close();
    });
  }
  await Promise.race([Promise.all(loaded), new Promise((resolve) => setTimeout(resolve, LIMIT))]);
};
