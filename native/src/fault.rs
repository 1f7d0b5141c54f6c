//! What is wrong with bytes from outside: files, traces, words.
#![forbid(unsafe_code)]

use std::fmt;

/// What is wrong with a file or its like; the text names the section.
#[derive(Debug)]
pub struct FormatError(pub String);

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub type Result<T> = std::result::Result<T, FormatError>;

pub fn fault<T>(text: impl Into<String>) -> Result<T> {
    Err(FormatError(text.into()))
}
