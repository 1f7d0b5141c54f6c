"""The file of Rust around the instructions."""

from __future__ import annotations

from products.assembly import PLACES, assembly, product_row, square_row
from products.constants import PRIMES, constants

HEAD = """\
//! Products modulo a prime, as `scripts/write_products.py` writes them: not to be edited.

#![allow(unsafe_code)]

use std::arch::asm;

use super::Quad;

/// What the products read of one prime.
pub const WORDS: usize = {words};

/// The same four times, for the lanes.
#[repr(align(64))]
pub struct Constants([[u64; 4]; WORDS]);

impl Constants {{
    const fn of(words: [u64; WORDS]) -> Self {{
        let mut all = [[0; 4]; WORDS];
        let mut i = 0;
        while i < WORDS {{
            all[i] = [words[i]; 4];
            i += 1;
        }}
        Self(all)
    }}
}}
"""
FUNCTION = """
/// {what}
///
/// SAFETY: `quad::available()`; {places} The result may take an operand's place.
#[inline(never)]
pub unsafe fn {name}({operands}) {{
    unsafe {{
        asm!(
            r"{text}",
            o = in(reg) out,
            a = in(reg) a,{b}
            c = in(reg) constants.0.as_ptr(),
            {clobbers}
            options(nostack, preserves_flags),
        );
    }}
}}
"""


def function(name: str, what: str, count: int, text: str) -> str:
    """Return a function of Rust."""
    number = "*const Quad" if count < 2 else "*const [Quad; 2]"
    operands = ["out: *mut Quad", f"a: {number}", *([f"b: {number}"] if count else [])]
    operands.append("constants: &Constants")
    long = count > 1
    listed = "".join(f"\n    {each}," for each in operands) + "\n" if long else ", ".join(operands)
    return FUNCTION.format(
        name=name,
        what=what,
        places="`out` can be written, what the others point at can be read.",
        operands=listed,
        text=text,
        b="\n            b = in(reg) b," if count else "",
        clobbers="\n            ".join(f'out("ymm{i}") _,' for i in range(16)),
    )


def rust() -> str:
    """Return the file's text."""
    parts = [HEAD.format(words=len(PLACES))]
    for name, prime in PRIMES.items():
        rows = "\n".join(f"    0x{w % 2**64:016x}, // {n}" for n, w in constants(prime).items())
        parts.append(f"\npub static {name}: Constants = Constants::of([\n{rows}\n]);\n")
    products = assembly("PRODUCTS", product_row(2))
    parts += [
        function("product", "a·b/R.", 1, assembly("PRODUCT", product_row(1))),
        function("two_products", "(a0·b0 + a1·b1)/R, with one reduction.", 2, products),
        function("square", "a·a/R.", 0, assembly("SQUARE", square_row)),
    ]
    return "".join(parts)
