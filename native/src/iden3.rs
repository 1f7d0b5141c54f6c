//! The container that .r1cs, .wtns and .zkey files share: a magic word, a version, sections.
//!
//! A length is compared with the bytes that are left before it is used for anything.

use crate::error::{Error, Result};

/// A section's identifier in the file and its name in error messages.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    pub id: u32,
    pub name: &'static str,
}

pub struct Container<'a> {
    file: &'static str,
    sections: Vec<(u32, &'a [u8])>,
}

impl<'a> Container<'a> {
    pub fn parse(bytes: &'a [u8], file: &'static str, versions: &[u32]) -> Result<Self> {
        let mut cursor = Cursor { bytes, file, section: "table" };
        if cursor.take(4)? != file.as_bytes() {
            return Err(cursor.error(format!("the file does not start with '{file}'")));
        }
        let version = cursor.u32()?;
        if !versions.contains(&version) {
            return Err(cursor.error(format!("version {version} is unknown")));
        }
        let count = cursor.u32()?;
        let mut sections = Vec::new();
        for _ in 0..count {
            let id = cursor.u32()?;
            let length = usize::try_from(cursor.u64()?)
                .map_err(|_| cursor.error("a section's length does not fit this machine"))?;
            sections.push((id, cursor.take(length)?));
        }
        cursor.finish()?;
        Ok(Self { file, sections })
    }

    /// The one section with this identifier.
    pub fn section(&self, section: Section) -> Result<Cursor<'a>> {
        let mut found = self.sections.iter().filter(|(id, _)| *id == section.id);
        let error = |detail: &str| Error::Format {
            file: self.file,
            section: section.name,
            detail: detail.to_owned(),
        };
        let (_, bytes) = found.next().ok_or_else(|| error("missing"))?;
        if found.next().is_some() {
            return Err(error("appears twice"));
        }
        Ok(Cursor { bytes, file: self.file, section: section.name })
    }

    pub fn has(&self, section: Section) -> bool {
        self.sections.iter().any(|(id, _)| *id == section.id)
    }
}

/// Reads one section from its start to its end.
#[derive(Clone)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    file: &'static str,
    section: &'static str,
}

impl<'a> Cursor<'a> {
    pub fn error(&self, detail: impl Into<String>) -> Error {
        Error::Format { file: self.file, section: self.section, detail: detail.into() }
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len()
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        if length > self.bytes.len() {
            return Err(self.error(format!("{length} bytes wanted, {} left", self.bytes.len())));
        }
        let (head, tail) = self.bytes.split_at(length);
        self.bytes = tail;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| self.error("internal: a slice has the wrong length"))
    }

    /// Takes `count` records of `N` bytes each.
    pub fn records<const N: usize>(&mut self, count: usize) -> Result<&'a [[u8; N]]> {
        let length = count.checked_mul(N).ok_or_else(|| self.error("the length overflows"))?;
        let (records, _) = self.take(length)?.as_chunks::<N>();
        Ok(records)
    }

    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(|b| u32::from_le_bytes(*b))
    }

    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(|b| u64::from_le_bytes(*b))
    }

    pub fn finish(self) -> Result<()> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(self.error(format!("{} bytes left over", self.bytes.len())))
        }
    }
}

/// Writes one section: its identifier, its length, its bytes.
pub fn write_section(
    out: &mut impl std::io::Write,
    section: Section,
    bytes: &[u8],
) -> std::io::Result<()> {
    out.write_all(&section.id.to_le_bytes())?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Section = Section { id: 1, name: "one" };

    fn file(sections: &[(u32, &[u8])]) -> Vec<u8> {
        let mut bytes = b"wtns\x02\0\0\0".to_vec();
        bytes.extend((sections.len() as u32).to_le_bytes());
        for (id, content) in sections {
            write_section(&mut bytes, Section { id: *id, name: "" }, content).unwrap();
        }
        bytes
    }

    #[test]
    fn reads_what_it_wrote() {
        let bytes = file(&[(2, b"xy"), (1, b"\x07\0\0\0")]);
        let container = Container::parse(&bytes, "wtns", &[2]).unwrap();
        let mut cursor = container.section(ONE).unwrap();
        assert_eq!(cursor.u32().unwrap(), 7);
        cursor.finish().unwrap();
    }

    #[test]
    fn refuses_every_truncation_and_any_extension() {
        let bytes = file(&[(1, b"abc"), (2, b"defg")]);
        for end in 0..bytes.len() {
            assert!(Container::parse(&bytes[..end], "wtns", &[2]).is_err(), "{end}");
        }
        let longer = [&bytes[..], b"!"].concat();
        assert!(Container::parse(&longer, "wtns", &[2]).is_err());
    }

    #[test]
    fn names_the_missing_and_the_repeated_section() {
        let bytes = file(&[(2, b"")]);
        let container = Container::parse(&bytes, "wtns", &[2]).unwrap();
        assert_eq!(container.section(ONE).err().unwrap().to_string(), "wtns, section one: missing");
        let bytes = file(&[(1, b""), (1, b"")]);
        let container = Container::parse(&bytes, "wtns", &[2]).unwrap();
        assert!(container.section(ONE).is_err());
    }
}
