//! Numbers of four words, the lowest first, without branches on their values: a branch on a borrow
//! is mispredicted every second time.
#![forbid(unsafe_code)]

pub type Number = [u64; 4];

/// a - b, and whether it borrowed.
#[inline(always)]
pub fn difference(a: Number, b: Number) -> (Number, bool) {
    let (d0, borrow) = a[0].overflowing_sub(b[0]);
    let (d1, borrow) = sub_borrow(a[1], b[1], borrow);
    let (d2, borrow) = sub_borrow(a[2], b[2], borrow);
    let (d3, borrow) = sub_borrow(a[3], b[3], borrow);
    ([d0, d1, d2, d3], borrow)
}

/// a + b below 2^256.
#[inline(always)]
pub fn sum(a: Number, b: Number) -> Number {
    let (s0, carry) = a[0].overflowing_add(b[0]);
    let (s1, carry) = add_carry(a[1], b[1], carry);
    let (s2, carry) = add_carry(a[2], b[2], carry);
    let (s3, _) = add_carry(a[3], b[3], carry);
    [s0, s1, s2, s3]
}

/// Which of two numbers, without a branch.
#[inline(always)]
pub fn pick(first: bool, a: Number, b: Number) -> Number {
    let mask = u64::from(first).wrapping_neg();
    [0, 1, 2, 3].map(|i| b[i] ^ (mask & (a[i] ^ b[i])))
}

/// a - b, plus m where that is negative.
#[inline(always)]
pub fn difference_modulo(a: Number, b: Number, m: Number) -> Number {
    let (d, borrow) = difference(a, b);
    let mask = u64::from(borrow).wrapping_neg();
    sum(d, m.map(|word| word & mask))
}

/// a, less m where it is not below m.
#[inline(always)]
pub fn reduced_once(a: Number, m: Number) -> Number {
    let (reduced, borrow) = difference(a, m);
    pick(borrow, a, reduced)
}

/// 2·a below 2^256.
pub const fn double(a: Number) -> Number {
    [a[0] << 1, a[1] << 1 | a[0] >> 63, a[2] << 1 | a[1] >> 63, a[3] << 1 | a[2] >> 63]
}

#[inline(always)]
fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut d = 0;
        let borrow = core::arch::x86_64::_subborrow_u64(u8::from(borrow), a, b, &mut d);
        (d, borrow != 0)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let (d, first) = a.overflowing_sub(b);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        (d, first | second)
    }
}

#[inline(always)]
fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut s = 0;
        let carry = core::arch::x86_64::_addcarry_u64(u8::from(carry), a, b, &mut s);
        (s, carry != 0)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let (s, first) = a.overflowing_add(b);
        let (s, second) = s.overflowing_add(u64::from(carry));
        (s, first | second)
    }
}
