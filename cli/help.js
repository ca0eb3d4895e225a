"use strict";

const HELP = `Usage: phantom-cluster render URL... [options]
       phantom-cluster doctor [--browser NAME]
       phantom-cluster queue FILE [--state STATE] [--json] [--requeue [--id N]]
       phantom-cluster build
       phantom-cluster --help | --version

render  opens each URL, or file, with a browser and saves what it shows:

  -i, --input FILE     more URLs, one a line, # begins a comment; - is stdin
  -o, --out DIR        where the files go (rendered)
  -f, --format FORMAT  png, pdf, html, text, or json: title, headings, links (png)
  -b, --browser NAME   phantomjs, or chromium (phantomjs; else what the variable
                       PHANTOM_CLUSTER_BROWSER says)
  -w, --workers N      workers, each with a browser (one for each CPU)
  -p, --parallel N     pages that a worker has open at once (1)
  -t, --timeout MS     how long a page may take (30000)
  -r, --retries N      more attempts for a page that fails; none for an HTTP
                       status of 400 to 499 other than 408, 425 and 429 (0)
      --viewport WxH   size of the window (1280x800)
      --wait SELECTOR  after the load, until a CSS selector finds something
      --wait MS        after the load, for so long
      --json FILE      report with everything about each page; - is stdout
      --verbose        show what browsers and workers print, on stderr

  A page counts as failed when it does not load, or comes with an HTTP status
  of 400 or above; the latter is saved as well. Ctrl-C and SIGTERM let the pages
  under way finish; once more stops at once.

doctor  checks whether everything is there that this package and the browsers need,
        and says what to do; --browser names the one that is to be used.

queue   shows what is in a FILE of requests (option store.file) that no engine has
        open: how many, and with --state or --json which.

  -s, --state STATE    only those waiting, done or failed; done and failed ones are
                       there where option store.keep says so
      --json           one JSON object a line
      --requeue        let failed requests wait again; with --id N that one alone

build   builds the addon from its Rust sources where there is no prebuilt one for
        this system; needs Rust, https://rustup.rs.

Exit code: 0 all is fine; 1 a page failed, or doctor found a problem; 2 usage or
set-up error; 130 after Ctrl-C; 143 after SIGTERM.
`;

module.exports = { HELP };
