//! What the environment asks of the arithmetic.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

/// In the environment: 1 leaves all lanes alone, the name of an arithmetic asks for that one.
pub const PORTABLE: &str = "UNDERTOW_PORTABLE";

fn value() -> Option<&'static str> {
    static VALUE: LazyLock<Option<String>> = LazyLock::new(|| std::env::var(PORTABLE).ok());
    VALUE.as_deref()
}

/// Whether lanes may be used.
pub fn for_lanes() -> bool {
    value() != Some("1")
}

/// Whether the arithmetic of this name was asked for.
pub fn for_this(name: &str) -> bool {
    value() == Some(name)
}
