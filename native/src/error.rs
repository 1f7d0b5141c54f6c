//! What can go wrong, in the words of whoever passed the file or the value.

use std::fmt;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub enum Error {
    /// The operating system refused a file.
    Io { path: String, source: std::io::Error },
    /// A file is not what it claims to be.
    Format { file: &'static str, section: &'static str, detail: String },
    /// The files are sound, but what was asked of them is not possible.
    Refused(String),
    /// The caller's progress callback asked to stop.
    Stopped,
}

impl Error {
    pub fn refused(detail: impl Into<String>) -> Self {
        Self::Refused(detail.into())
    }

    pub fn io(path: &str) -> impl Fn(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{path}: {source}"),
            Self::Format { file, section, detail } => {
                write!(f, "{file}, section {section}: {detail}")
            }
            Self::Refused(detail) => f.write_str(detail),
            Self::Stopped => f.write_str("stopped by the progress callback"),
        }
    }
}

impl std::error::Error for Error {}
