//! Products with two carry chains at once (BMI2 and ADX).

#![allow(unsafe_code)]

use std::arch::asm;
use std::sync::atomic::{AtomicBool, Ordering};

use ark_ff::MontConfig;

use super::number::Number;
use super::{Multiply, modulus};

/// Machines with MULX, ADCX and ADOX, as `detect` found.
#[derive(Clone, Copy)]
pub struct Adx(());

static FOUND: AtomicBool = AtomicBool::new(false);

impl Adx {
    pub fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx");
        FOUND.store(found, Ordering::Relaxed);
        found.then_some(Self(()))
    }

    /// Products are safe to call, so each makes sure of its instructions: a load and a branch.
    #[inline(always)]
    fn sure() {
        assert!(FOUND.load(Ordering::Relaxed), "`Adx::detect` was not asked");
    }
}

/// Rounds of the Montgomery product, one for each offset into b: (h, t) = t + a·b, once more for a
/// second product 32 bytes further in both, then t = (h, t + m·p) / 2^64 with the m that clears the
/// lowest word. No row leaves a carry; clearing both all the same frees each row from waiting for
/// the one before.
macro_rules! rounds {
    (one: $($b:literal),*) => {
        concat!(rounds!(@start), rounds!(@reduce), $(rounds!(@first $b), rounds!(@reduce)),*)
    };
    (two: $($b:literal),*) => {
        concat!(
            rounds!(@start), rounds!(@second 0), rounds!(@reduce),
            $(rounds!(@first $b), rounds!(@second $b), rounds!(@reduce)),*
        )
    };
    // The first word of b starts the sums instead of adding to them.
    (@start) => {
        concat!(
            "mov rdx, [{b}]",
            "\nxor {zero:e}, {zero:e}",
            "\nmulx {t1}, {t0}, [{a}]",
            "\nmulx {t2}, rax, [{a} + 8]",
            "\nadox {t1}, rax",
            "\nmulx {t3}, rax, [{a} + 16]",
            "\nadox {t2}, rax",
            "\nmulx {h}, rax, [{a} + 24]",
            "\nadox {t3}, rax",
            "\nadox {h}, {zero}",
        )
    };
    (@first $b:literal) => {
        concat!(
            "\nmov rdx, [{b} + ", $b, "]",
            "\nxor {zero:e}, {zero:e}",
            "\nmulx {h}, rax, [{a}]",
            "\nadox {t0}, rax",
            "\nadcx {t1}, {h}",
            "\nmulx {h}, rax, [{a} + 8]",
            "\nadox {t1}, rax",
            "\nadcx {t2}, {h}",
            "\nmulx {h}, rax, [{a} + 16]",
            "\nadox {t2}, rax",
            "\nadcx {t3}, {h}",
            "\nmulx {h}, rax, [{a} + 24]",
            "\nadox {t3}, rax",
            "\nadcx {h}, {zero}",
            "\nadox {h}, {zero}",
        )
    };
    (@second $b:literal) => {
        concat!(
            "\nmov rdx, [{b} + 32 + ", $b, "]",
            "\nxor {zero:e}, {zero:e}",
            "\nmulx {c}, rax, [{a} + 32]",
            "\nadox {t0}, rax",
            "\nadcx {t1}, {c}",
            "\nmulx {c}, rax, [{a} + 40]",
            "\nadox {t1}, rax",
            "\nadcx {t2}, {c}",
            "\nmulx {c}, rax, [{a} + 48]",
            "\nadox {t2}, rax",
            "\nadcx {t3}, {c}",
            "\nmulx {c}, rax, [{a} + 56]",
            "\nadox {t3}, rax",
            "\nadcx {h}, {c}",
            "\nadox {h}, {zero}",
        )
    };
    (@reduce) => {
        concat!(
            "\nmov rdx, [{p} + 32]",
            "\nimul rdx, {t0}",
            "\nxor {zero:e}, {zero:e}",
            "\nmulx {c}, rax, [{p}]",
            "\nadcx rax, {t0}",
            "\nmov {t0}, {c}",
            "\nadcx {t0}, {t1}",
            "\nmulx {t1}, rax, [{p} + 8]",
            "\nadox {t0}, rax",
            "\nadcx {t1}, {t2}",
            "\nmulx {t2}, rax, [{p} + 16]",
            "\nadox {t1}, rax",
            "\nadcx {t2}, {t3}",
            "\nmulx {t3}, rax, [{p} + 24]",
            "\nadox {t2}, rax",
            "\nadcx {t3}, {zero}",
            "\nadox {t3}, {h}",
        )
    };
}

macro_rules! run {
    ($rounds:expr, $a:expr, $b:expr, $field:ty) => {{
        let (t0, t1, t2, t3): (u64, u64, u64, u64);
        let constants = const { &constants::<$field>() };
        asm!(
            $rounds,
            a = in(reg) $a.as_ptr(),
            b = in(reg) $b.as_ptr(),
            p = in(reg) constants.as_ptr(),
            t0 = out(reg) t0,
            t1 = out(reg) t1,
            t2 = out(reg) t2,
            t3 = out(reg) t3,
            h = out(reg) _,
            c = out(reg) _,
            zero = out(reg) _,
            out("rax") _,
            out("rdx") _,
            options(pure, readonly, nostack),
        );
        [t0, t1, t2, t3]
    }};
}

/// The modulus, and what a lowest word is multiplied by to find m.
const fn constants<C: MontConfig<4>>() -> [u64; 5] {
    let p = modulus::<C>();
    [p[0], p[1], p[2], p[3], C::INV]
}

impl Multiply for Adx {
    const NAME: &'static str = "adx";

    #[inline(always)]
    fn product<C: MontConfig<4>>(a: &Number, b: &Number) -> Number {
        Self::sure();
        // SAFETY: `detect` found the instructions; the operands are four words each, read only.
        unsafe { run!(rounds!(one: 8, 16, 24), a, b, C) }
    }

    #[inline(always)]
    fn two_products<C: MontConfig<4>>(a: &[Number; 2], b: &[Number; 2]) -> Number {
        Self::sure();
        // SAFETY: as above, with eight words each.
        unsafe { run!(rounds!(two: 8, 16, 24), a.as_flattened(), b.as_flattened(), C) }
    }
}
