//! Errors of the connection to PhantomJS.

use std::io;
use std::time::Duration;

use crate::webdriver::WebDriverError;

/// Why PhantomJS cannot be spoken to (any more).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum BridgeError {
    #[error(transparent)]
    WebDriver(#[from] WebDriverError),
    #[error("the driver did not answer within {0:?}")]
    Silent(Duration),
    #[error("the connection that PhantomJS opens failed: {0}")]
    Socket(#[source] io::Error),
}
