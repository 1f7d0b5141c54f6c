//! Products with two carry chains at once (BMI2 and ADX).

#![allow(unsafe_code)]

use std::arch::asm;

use ark_ff::{BigInt, Fp, MontConfig};

use super::coordinate::{difference, pick};
use super::{Element, Multiply};

/// Machines with MULX, ADCX and ADOX. Whoever multiplies with it asked `Adx::detect` before.
#[derive(Clone, Copy)]
pub struct Adx(());

impl Adx {
    pub fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx");
        found.then_some(Self(()))
    }
}

/// One word of b: t += a·b, then t = (t + m·p) / 2^64 with the m that clears the lowest word.
/// The first word of b starts the sums instead of adding to them.
macro_rules! rounds {
    ($($b:literal),*) => {
        concat!(
            // Word 0.
            "mov rdx, [{b}]",
            "\nxor eax, eax",
            "\nmulx {t1}, {t0}, [{a}]",
            "\nmulx {t2}, rax, [{a} + 8]",
            "\nadox {t1}, rax",
            "\nmulx {t3}, rax, [{a} + 16]",
            "\nadox {t2}, rax",
            "\nmulx {h}, rax, [{a} + 24]",
            "\nadox {t3}, rax",
            "\nmov eax, 0",
            "\nadox {h}, rax",
            rounds!(@reduce),
            $(
                "\nmov rdx, [{b} + ", $b, "]",
                "\nxor eax, eax",
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
                "\nmov eax, 0",
                "\nadcx {h}, rax",
                "\nadox {h}, rax",
                rounds!(@reduce),
            )*
        )
    };
    (@reduce) => {
        concat!(
            "\nmov rdx, {inverse}",
            "\nimul rdx, {t0}",
            "\nxor eax, eax",
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
            "\nmov eax, 0",
            "\nadcx {t3}, rax",
            "\nadox {t3}, {h}",
        )
    };
}

impl Multiply for Adx {
    const NAME: &'static str = "adx";

    #[inline(always)]
    fn mul<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C> {
        let (mut t0, mut t1, mut t2, mut t3): (u64, u64, u64, u64);
        let p = const { &super::modulus::<C>() };
        debug_assert!(Self::detect().is_some());
        // SAFETY: `detect` was asked, and found the instructions; the operands are four words each, read only;
        // the modulus leaves its top bit free, so no sum of a round overflows.
        unsafe {
            asm!(
                rounds!(8, 16, 24),
                a = in(reg) a.0.0.as_ptr(),
                b = in(reg) b.0.0.as_ptr(),
                p = in(reg) p.as_ptr(),
                inverse = in(reg) C::INV,
                t0 = out(reg) t0,
                t1 = out(reg) t1,
                t2 = out(reg) t2,
                t3 = out(reg) t3,
                h = out(reg) _,
                c = out(reg) _,
                out("rax") _,
                out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        // Below 2·p; p once more off where it is not below p.
        let sum = [t0, t1, t2, t3];
        let (reduced, borrow) = difference(sum, *p);
        Fp::new_unchecked(BigInt::new(pick(borrow, sum, reduced)))
    }
}
