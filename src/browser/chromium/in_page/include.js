// A script element of the page's own: a promise of "" when it has loaded, else of the status that it was answered with.

(address) =>
  new Promise((done) => {
    const element = document.createElement("script");
    element.onload = () => done("");
    element.onerror = () => {
      const entries = performance.getEntriesByName(element.src);
      done(`${entries[entries.length - 1]?.responseStatus ?? 0}`);
    };
    element.src = address;
    (document.body ?? document.documentElement).appendChild(element);
  });
