//! Files mapped into memory, and files written whole: the one module that maps.
#![allow(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::Mmap;

/// The content of a file.
pub struct Mapped(Mmap);

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Maps a file; only a regular one, since opening a pipe would wait for its writer.
pub fn open(path: &Path) -> io::Result<Mapped> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let file = File::open(path)?;
    // SAFETY: the bytes must not change while they are mapped. Nobody writes these files in
    // place: `replace` below renames a finished file over an old one, which leaves the mapped one
    // as it was, and the artifacts' folders are moved in as a whole. Readers copy what they need
    // into values of their own, checking it as they do, and unmap at once. Whoever can write to
    // the folder against this rule can also replace the program.
    let map = unsafe { Mmap::map(&file)? };
    Ok(Mapped(map))
}

/// Writes a file beside its place and renames it there, so that nobody ever reads half of it.
pub fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    // A name of its own: threads may write to one place at the same time, and the last one stays.
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.{number}.partial", process::id()));
    let partial: PathBuf = path.with_file_name(name);
    let file = File::create(&partial)?;
    let done = (|| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&mut out)?;
        out.flush()?;
        fs::rename(&partial, path)
    })();
    if done.is_err() {
        // The first error says what went wrong.
        let _ = fs::remove_file(&partial);
    }
    done
}
