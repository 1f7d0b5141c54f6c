//! Products modulo a prime, as `scripts/write_products.py` writes them: not to be edited.

#![allow(unsafe_code)]

use std::arch::asm;

use super::Quad;

/// What the products read of one prime.
pub const WORDS: usize = 63;

/// The same four times, for the lanes.
#[repr(align(64))]
pub struct Constants([[u64; 4]; WORDS]);

impl Constants {
    const fn of(words: [u64; WORDS]) -> Self {
        let mut all = [[0; 4]; WORDS];
        let mut i = 0;
        while i < WORDS {
            all[i] = [words[i]; 4];
            i += 1;
        }
        Self(all)
    }
}

pub static FQ: Constants = Constants::of([
    0x4668000000000000, // HIGH
    0x4668000000000003, // BOTH
    0x4338000000000000, // LOW
    0x4334000000000000, // OFFSET
    0x0007ffffffffffff, // MASK
    0x4330000000000000, // UNIT
    0x3334000000000000, // TOP
    0x43003c1724331c48, // MINUS_INVERSE
    0x42f2747bdc458aa0, // FOLD1_0
    0x42d5f4ea250777c0, // FOLD1_1
    0x430fc2d279f358f8, // FOLD1_2
    0x42de7994282254c0, // FOLD1_3
    0x42e88d064b5e8480, // FOLD1_4
    0x43027a5528887630, // FOLD2_0
    0x42f0f41a28c9d550, // FOLD2_1
    0xc302ed1841905e60, // FOLD2_2
    0xc2f3feac8c9bba00, // FOLD2_3
    0xc2f45309065b0920, // FOLD2_4
    0xc2e2f3239ce6ea80, // FOLD3_0
    0xc303f81136467590, // FOLD3_1
    0xc2f7252e2e9640d0, // FOLD3_2
    0xc30a6c5b64ffc6f0, // FOLD3_3
    0x42d39a92b7bfc280, // FOLD3_4
    0xc306b091b18997f8, // FOLD4_0
    0xc308d2a88accf498, // FOLD4_1
    0xc300475f58829fd8, // FOLD4_2
    0x42de4a57d79d8480, // FOLD4_3
    0xc2e5a5cae486e700, // FOLD4_4
    0x42e182db0f9fa8e0, // P_0
    0x43016871ca8d3c20, // P_1
    0xc2ffa9e89a1fa560, // P_2
    0x42b4dc2822db4100, // P_3
    0x43083227397098d0, // P_4
    0xcccc000000000000, // PRODUCT_0
    0x432bfffffffffe00, // PRODUCT_1
    0xb98bfffffffffe00, // PRODUCT_2
    0x2febfffffffffe00, // PRODUCT_3
    0x5633fffffffffe00, // PRODUCT_4
    0xf2fbfffffffffe00, // PRODUCT_5
    0x7c9bfffffffffe00, // PRODUCT_6
    0x063bfffffffffe00, // PRODUCT_7
    0x8fdbfffffffffe00, // PRODUCT_8
    0x6993fffffffffe00, // PRODUCT_9
    0xcccc000000000000, // SQUARE_0
    0x8663fffffffffe00, // SQUARE_1
    0x432bfffffffffe00, // SQUARE_2
    0xfcc3fffffffffe00, // SQUARE_3
    0x6973fffffffffe00, // SQUARE_4
    0x063bfffffffffe00, // SQUARE_5
    0x4ca3fffffffffe00, // SQUARE_6
    0x8fdbfffffffffe00, // SQUARE_7
    0xd643fffffffffe00, // SQUARE_8
    0x6993fffffffffe00, // SQUARE_9
    0x8994000000000000, // PRODUCTS_0
    0x7653fffffffffe00, // PRODUCTS_1
    0x6313fffffffffe00, // PRODUCTS_2
    0x4fd3fffffffffe00, // PRODUCTS_3
    0xec7bfffffffffe00, // PRODUCTS_4
    0x8613fffffffffe00, // PRODUCTS_5
    0x9953fffffffffe00, // PRODUCTS_6
    0xac93fffffffffe00, // PRODUCTS_7
    0xbfd3fffffffffe00, // PRODUCTS_8
    0x232bfffffffffe00, // PRODUCTS_9
]);

/// a·b/R.
///
/// SAFETY: `quad::available()`; `out` can be written, what the others point at can be read. The result may take an operand's place.
#[inline(never)]
pub unsafe fn product(out: *mut Quad, a: *const Quad, b: *const Quad, constants: &Constants) {
    unsafe {
        asm!(
            r"vmovapd ymm14, [{c} + 0]
vmovapd ymm15, [{c} + 32]
vmovapd ymm13, [{b} + 0]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm1, ymm11, [{c} + 1088]
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm0, ymm12, [{c} + 1056]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm2, ymm10, [{c} + 1120]
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm1, ymm1, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm3, ymm12, [{c} + 1152]
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm2, ymm2, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm11, [{c} + 1184]
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm10, [{c} + 1216]
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm0, 51
vpaddq ymm1, ymm1, ymm12
vpand ymm0, ymm0, [{c} + 128]
vpor ymm0, ymm0, [{c} + 160]
vsubpd ymm0, ymm0, [{c} + 96]
vmovapd ymm13, [{b} + 32]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 0]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm2, ymm2, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 0]
vpaddq ymm1, ymm1, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 32]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm3, ymm3, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 32]
vpaddq ymm2, ymm2, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 64]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm4, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 64]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 96]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 96]
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm1, 51
vpaddq ymm2, ymm2, ymm12
vpand ymm1, ymm1, [{c} + 128]
vpor ymm1, ymm1, [{c} + 160]
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm13, [{b} + 64]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 0]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 0]
vpaddq ymm2, ymm2, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 32]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 32]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 64]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 64]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm2, 51
vpaddq ymm3, ymm3, ymm10
vpand ymm2, ymm2, [{c} + 128]
vpor ymm2, ymm2, [{c} + 160]
vsubpd ymm2, ymm2, [{c} + 96]
vmovapd ymm13, [{b} + 96]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm4, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm3, 51
vpaddq ymm4, ymm4, ymm12
vpand ymm3, ymm3, [{c} + 128]
vpor ymm3, ymm3, [{c} + 160]
vsubpd ymm3, ymm3, [{c} + 96]
vmovapd ymm13, [{b} + 128]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 0]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 0]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 736]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm5, ymm5, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 736]
vpaddq ymm4, ymm4, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 768]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm11, [{c} + 1248]
vfmadd231pd ymm12, ymm0, [{c} + 768]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 800]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm10, [{c} + 1280]
vfmadd231pd ymm11, ymm0, [{c} + 800]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 832]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm12, [{c} + 1312]
vfmadd231pd ymm10, ymm0, [{c} + 832]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 864]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm11, [{c} + 1344]
vfmadd231pd ymm12, ymm0, [{c} + 864]
vpaddq ymm8, ymm8, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 576]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 576]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 608]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 608]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm1, [{c} + 640]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm1, [{c} + 640]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 672]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 672]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 704]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 704]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 416]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 416]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 256]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 256]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 448]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 448]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 480]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 480]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm2, [{c} + 512]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm2, [{c} + 512]
vpaddq ymm7, ymm7, ymm11
vpand ymm1, ymm4, [{c} + 128]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 544]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 544]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm6, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 288]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 320]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 320]
vpaddq ymm6, ymm6, ymm11
vpor ymm1, ymm1, [{c} + 160]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm3, [{c} + 352]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm8, ymm12
vfmadd231pd ymm10, ymm3, [{c} + 352]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 384]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm9, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 384]
vpaddq ymm8, ymm8, ymm12
vmovapd ymm13, [{b} + 32]
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm13, [{b} + 64]
vmovapd ymm0, ymm14
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 96]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 96]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 128]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 128]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm13, [{b} + 96]
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 64]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 64]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 96]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 96]
vpaddq ymm6, ymm6, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 128]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 128]
vpaddq ymm7, ymm7, ymm12
vsubpd ymm0, ymm15, ymm0
vmovapd ymm13, [{b} + 128]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm7, ymm7, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm9, ymm9, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm8, ymm8, ymm11
vsubpd ymm0, ymm0, [{c} + 64]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 896]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm5, ymm5, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 896]
vpaddq ymm4, ymm4, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 928]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm6, ymm11
vfmadd231pd ymm12, ymm0, [{c} + 928]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 960]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm0, [{c} + 960]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 992]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm8, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 992]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 1024]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm9, ymm11
vfmadd231pd ymm12, ymm0, [{c} + 1024]
vpaddq ymm8, ymm8, ymm12
vpsrlq ymm10, ymm4, 51
vpaddq ymm5, ymm5, ymm10
vmovapd ymm13, [{c} + 128]
vmovapd ymm12, [{c} + 160]
vmovapd ymm11, [{c} + 96]
vpand ymm0, ymm5, ymm13
vpor ymm0, ymm0, ymm12
vsubpd ymm0, ymm0, ymm11
vmovapd [{o} + 0], ymm0
vpand ymm1, ymm6, ymm13
vpor ymm1, ymm1, ymm12
vpsrlq ymm10, ymm5, 51
vpaddq ymm1, ymm1, ymm10
vsubpd ymm1, ymm1, ymm11
vmovapd [{o} + 32], ymm1
vpand ymm2, ymm7, ymm13
vpor ymm2, ymm2, ymm12
vpsrlq ymm10, ymm6, 51
vpaddq ymm2, ymm2, ymm10
vsubpd ymm2, ymm2, ymm11
vmovapd [{o} + 64], ymm2
vpand ymm3, ymm8, ymm13
vpor ymm3, ymm3, ymm12
vpsrlq ymm10, ymm7, 51
vpaddq ymm3, ymm3, ymm10
vsubpd ymm3, ymm3, ymm11
vmovapd [{o} + 96], ymm3
vpaddq ymm4, ymm9, [{c} + 192]
vpsrlq ymm10, ymm8, 51
vpaddq ymm4, ymm4, ymm10
vsubpd ymm4, ymm4, [{c} + 64]
vmovapd [{o} + 128], ymm4",
            o = in(reg) out,
            a = in(reg) a,
            b = in(reg) b,
            c = in(reg) constants.0.as_ptr(),
            out("ymm0") _,
            out("ymm1") _,
            out("ymm2") _,
            out("ymm3") _,
            out("ymm4") _,
            out("ymm5") _,
            out("ymm6") _,
            out("ymm7") _,
            out("ymm8") _,
            out("ymm9") _,
            out("ymm10") _,
            out("ymm11") _,
            out("ymm12") _,
            out("ymm13") _,
            out("ymm14") _,
            out("ymm15") _,
            options(nostack, preserves_flags),
        );
    }
}

/// (a0·b0 + a1·b1)/R, with one reduction.
///
/// SAFETY: `quad::available()`; `out` can be written, what the others point at can be read. The result may take an operand's place.
#[inline(never)]
pub unsafe fn two_products(
    out: *mut Quad,
    a: *const [Quad; 2],
    b: *const [Quad; 2],
    constants: &Constants,
) {
    unsafe {
        asm!(
            r"vmovapd ymm14, [{c} + 0]
vmovapd ymm15, [{c} + 32]
vmovapd ymm13, [{b} + 0]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm1, ymm11, [{c} + 1728]
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm0, ymm12, [{c} + 1696]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm2, ymm10, [{c} + 1760]
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm1, ymm1, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm3, ymm12, [{c} + 1792]
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm2, ymm2, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm11, [{c} + 1824]
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm10, [{c} + 1856]
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm13, [{b} + 160]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 160]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm1, ymm1, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 160]
vpaddq ymm0, ymm0, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 192]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm2, ymm2, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 192]
vpaddq ymm1, ymm1, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 224]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 224]
vpaddq ymm2, ymm2, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 256]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 256]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 288]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm0, 51
vpaddq ymm1, ymm1, ymm10
vpand ymm0, ymm0, [{c} + 128]
vpor ymm0, ymm0, [{c} + 160]
vsubpd ymm0, ymm0, [{c} + 96]
vmovapd ymm13, [{b} + 32]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm2, ymm2, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm1, ymm1, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm2, ymm2, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm13, [{b} + 192]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 160]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm2, ymm2, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 160]
vpaddq ymm1, ymm1, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 192]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm3, ymm3, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 192]
vpaddq ymm2, ymm2, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 224]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm4, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 224]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 256]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 256]
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm1, 51
vpaddq ymm2, ymm2, ymm12
vpand ymm1, ymm1, [{c} + 128]
vpor ymm1, ymm1, [{c} + 160]
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm13, [{b} + 64]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 0]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 0]
vpaddq ymm2, ymm2, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 32]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 32]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 64]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 64]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm13, [{b} + 224]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 160]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 160]
vpaddq ymm2, ymm2, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 192]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 192]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 224]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 224]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm2, 51
vpaddq ymm3, ymm3, ymm10
vpand ymm2, ymm2, [{c} + 128]
vpor ymm2, ymm2, [{c} + 160]
vsubpd ymm2, ymm2, [{c} + 96]
vmovapd ymm13, [{b} + 96]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm4, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm13, [{b} + 256]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 160]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 160]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 192]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 192]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm3, 51
vpaddq ymm4, ymm4, ymm10
vpand ymm3, ymm3, [{c} + 128]
vpor ymm3, ymm3, [{c} + 160]
vsubpd ymm3, ymm3, [{c} + 96]
vmovapd ymm13, [{b} + 128]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm13, [{b} + 288]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 160]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 160]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 736]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm5, ymm5, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 736]
vpaddq ymm4, ymm4, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 768]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm11, [{c} + 1888]
vfmadd231pd ymm12, ymm0, [{c} + 768]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 800]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm10, [{c} + 1920]
vfmadd231pd ymm11, ymm0, [{c} + 800]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 832]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm12, [{c} + 1952]
vfmadd231pd ymm10, ymm0, [{c} + 832]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 864]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm11, [{c} + 1984]
vfmadd231pd ymm12, ymm0, [{c} + 864]
vpaddq ymm8, ymm8, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 576]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 576]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 608]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 608]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm1, [{c} + 640]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm1, [{c} + 640]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 672]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 672]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 704]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 704]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 416]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 416]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 256]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 256]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 448]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 448]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 480]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 480]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm2, [{c} + 512]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm2, [{c} + 512]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 544]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 544]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm6, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 288]
vpaddq ymm5, ymm5, ymm12
vpand ymm1, ymm4, [{c} + 128]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 320]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 320]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm3, [{c} + 352]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm8, ymm12
vfmadd231pd ymm10, ymm3, [{c} + 352]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 384]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm9, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 384]
vpaddq ymm8, ymm8, ymm12
vmovapd ymm13, [{b} + 32]
vpor ymm1, ymm1, [{c} + 160]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm13, [{b} + 192]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 288]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 288]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm13, [{b} + 64]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm6, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm5, ymm5, ymm12
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm13, [{b} + 224]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 256]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 256]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 288]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm0, ymm14
vmovapd ymm13, [{b} + 96]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 64]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 64]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 96]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 96]
vpaddq ymm6, ymm6, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 128]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 128]
vpaddq ymm7, ymm7, ymm12
vmovapd ymm13, [{b} + 256]
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 224]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 224]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 256]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 256]
vpaddq ymm6, ymm6, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 288]
vpaddq ymm7, ymm7, ymm12
vmovapd ymm13, [{b} + 128]
vsubpd ymm0, ymm15, ymm0
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm6, ymm6, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm7, ymm7, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm9, ymm9, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm8, ymm8, ymm11
vmovapd ymm13, [{b} + 288]
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 192]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 192]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 224]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 224]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 256]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 256]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 288]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 288]
vpaddq ymm8, ymm8, ymm10
vsubpd ymm0, ymm0, [{c} + 64]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 896]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm0, [{c} + 896]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 928]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm0, [{c} + 928]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 960]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm7, ymm7, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 960]
vpaddq ymm6, ymm6, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 992]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm8, ymm8, ymm11
vfmadd231pd ymm12, ymm0, [{c} + 992]
vpaddq ymm7, ymm7, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 1024]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm9, ymm9, ymm10
vfmadd231pd ymm11, ymm0, [{c} + 1024]
vpaddq ymm8, ymm8, ymm11
vpsrlq ymm12, ymm4, 51
vpaddq ymm5, ymm5, ymm12
vmovapd ymm13, [{c} + 128]
vmovapd ymm12, [{c} + 160]
vmovapd ymm11, [{c} + 96]
vpand ymm0, ymm5, ymm13
vpor ymm0, ymm0, ymm12
vsubpd ymm0, ymm0, ymm11
vmovapd [{o} + 0], ymm0
vpand ymm1, ymm6, ymm13
vpor ymm1, ymm1, ymm12
vpsrlq ymm10, ymm5, 51
vpaddq ymm1, ymm1, ymm10
vsubpd ymm1, ymm1, ymm11
vmovapd [{o} + 32], ymm1
vpand ymm2, ymm7, ymm13
vpor ymm2, ymm2, ymm12
vpsrlq ymm10, ymm6, 51
vpaddq ymm2, ymm2, ymm10
vsubpd ymm2, ymm2, ymm11
vmovapd [{o} + 64], ymm2
vpand ymm3, ymm8, ymm13
vpor ymm3, ymm3, ymm12
vpsrlq ymm10, ymm7, 51
vpaddq ymm3, ymm3, ymm10
vsubpd ymm3, ymm3, ymm11
vmovapd [{o} + 96], ymm3
vpaddq ymm4, ymm9, [{c} + 192]
vpsrlq ymm10, ymm8, 51
vpaddq ymm4, ymm4, ymm10
vsubpd ymm4, ymm4, [{c} + 64]
vmovapd [{o} + 128], ymm4",
            o = in(reg) out,
            a = in(reg) a,
            b = in(reg) b,
            c = in(reg) constants.0.as_ptr(),
            out("ymm0") _,
            out("ymm1") _,
            out("ymm2") _,
            out("ymm3") _,
            out("ymm4") _,
            out("ymm5") _,
            out("ymm6") _,
            out("ymm7") _,
            out("ymm8") _,
            out("ymm9") _,
            out("ymm10") _,
            out("ymm11") _,
            out("ymm12") _,
            out("ymm13") _,
            out("ymm14") _,
            out("ymm15") _,
            options(nostack, preserves_flags),
        );
    }
}

/// a·a/R.
///
/// SAFETY: `quad::available()`; `out` can be written, what the others point at can be read. The result may take an operand's place.
#[inline(never)]
pub unsafe fn square(out: *mut Quad, a: *const Quad, constants: &Constants) {
    unsafe {
        asm!(
            r"vmovapd ymm14, [{c} + 0]
vmovapd ymm15, [{c} + 32]
vmovapd ymm13, [{a} + 0]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 0]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm1, ymm11, [{c} + 1408]
vfmadd231pd ymm12, ymm13, [{a} + 0]
vpaddq ymm0, ymm12, [{c} + 1376]
vaddpd ymm13, ymm13, ymm13
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm2, ymm10, [{c} + 1440]
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm1, ymm1, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm3, ymm12, [{c} + 1472]
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm2, ymm2, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm4, ymm11, [{c} + 1504]
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm3, ymm3, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm10, [{c} + 1536]
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm0, 51
vpaddq ymm1, ymm1, ymm12
vpand ymm0, ymm0, [{c} + 128]
vpor ymm0, ymm0, [{c} + 160]
vsubpd ymm0, ymm0, [{c} + 96]
vmovapd ymm13, [{a} + 32]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 32]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm3, ymm3, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 32]
vpaddq ymm2, ymm2, ymm11
vaddpd ymm13, ymm13, ymm13
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 64]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm4, ymm4, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 64]
vpaddq ymm3, ymm3, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 96]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 96]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm1, 51
vpaddq ymm2, ymm2, ymm10
vpand ymm1, ymm1, [{c} + 128]
vpor ymm1, ymm1, [{c} + 160]
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm13, [{a} + 64]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 64]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 64]
vpaddq ymm4, ymm4, ymm12
vpsrlq ymm10, ymm2, 51
vpaddq ymm3, ymm3, ymm10
vpand ymm2, ymm2, [{c} + 128]
vpor ymm2, ymm2, [{c} + 160]
vsubpd ymm2, ymm2, [{c} + 96]
vpsrlq ymm11, ymm3, 51
vpaddq ymm4, ymm4, ymm11
vpand ymm3, ymm3, [{c} + 128]
vpor ymm3, ymm3, [{c} + 160]
vsubpd ymm3, ymm3, [{c} + 96]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 736]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm5, ymm5, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 736]
vpaddq ymm4, ymm4, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 768]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm11, [{c} + 1568]
vfmadd231pd ymm12, ymm0, [{c} + 768]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 800]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm10, [{c} + 1600]
vfmadd231pd ymm11, ymm0, [{c} + 800]
vpaddq ymm6, ymm6, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 832]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm12, [{c} + 1632]
vfmadd231pd ymm10, ymm0, [{c} + 832]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 864]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm11, [{c} + 1664]
vfmadd231pd ymm12, ymm0, [{c} + 864]
vpaddq ymm8, ymm8, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 576]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 576]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 608]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 608]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm1, [{c} + 640]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm1, [{c} + 640]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm1, [{c} + 672]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm1, [{c} + 672]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm1, [{c} + 704]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm1, [{c} + 704]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 416]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm5, ymm5, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 416]
vpaddq ymm4, ymm4, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 256]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 256]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 448]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 448]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm2, [{c} + 480]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm2, [{c} + 480]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm2, [{c} + 512]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm2, [{c} + 512]
vpaddq ymm7, ymm7, ymm11
vpand ymm1, ymm4, [{c} + 128]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm2, [{c} + 544]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm2, [{c} + 544]
vpaddq ymm8, ymm8, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 288]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm6, ymm6, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 288]
vpaddq ymm5, ymm5, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm3, [{c} + 320]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm3, [{c} + 320]
vpaddq ymm6, ymm6, ymm11
vpor ymm1, ymm1, [{c} + 160]
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm3, [{c} + 352]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm8, ymm12
vfmadd231pd ymm10, ymm3, [{c} + 352]
vpaddq ymm7, ymm7, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm3, [{c} + 384]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm9, ymm11
vfmadd231pd ymm12, ymm3, [{c} + 384]
vpaddq ymm8, ymm8, ymm12
vsubpd ymm1, ymm1, [{c} + 96]
vmovapd ymm13, [{a} + 32]
vaddpd ymm13, ymm13, ymm13
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 128]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm6, ymm6, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 128]
vpaddq ymm5, ymm5, ymm11
vmovapd ymm0, ymm14
vmovapd ymm13, [{a} + 64]
vaddpd ymm13, ymm13, ymm13
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 96]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 96]
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 128]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 128]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm13, [{a} + 96]
vsubpd ymm0, ymm15, ymm0
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm13, [{a} + 96]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm11, ymm13, [{a} + 96]
vpaddq ymm6, ymm6, ymm11
vaddpd ymm13, ymm13, ymm13
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm13, [{a} + 128]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm8, ymm8, ymm12
vfmadd231pd ymm10, ymm13, [{a} + 128]
vpaddq ymm7, ymm7, ymm10
vfmadd231pd ymm0, ymm1, [{c} + 224]
vmovapd ymm13, [{a} + 128]
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm13, [{a} + 128]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm9, ymm9, ymm11
vfmadd231pd ymm12, ymm13, [{a} + 128]
vpaddq ymm8, ymm8, ymm12
vsubpd ymm0, ymm0, [{c} + 64]
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 896]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm5, ymm5, ymm10
vfmadd231pd ymm11, ymm0, [{c} + 896]
vpaddq ymm4, ymm4, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 928]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm6, ymm6, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 928]
vpaddq ymm5, ymm5, ymm10
vmovapd ymm11, ymm14
vfmadd231pd ymm11, ymm0, [{c} + 960]
vsubpd ymm12, ymm15, ymm11
vpaddq ymm7, ymm7, ymm11
vfmadd231pd ymm12, ymm0, [{c} + 960]
vpaddq ymm6, ymm6, ymm12
vmovapd ymm10, ymm14
vfmadd231pd ymm10, ymm0, [{c} + 992]
vsubpd ymm11, ymm15, ymm10
vpaddq ymm8, ymm8, ymm10
vfmadd231pd ymm11, ymm0, [{c} + 992]
vpaddq ymm7, ymm7, ymm11
vmovapd ymm12, ymm14
vfmadd231pd ymm12, ymm0, [{c} + 1024]
vsubpd ymm10, ymm15, ymm12
vpaddq ymm9, ymm9, ymm12
vfmadd231pd ymm10, ymm0, [{c} + 1024]
vpaddq ymm8, ymm8, ymm10
vpsrlq ymm11, ymm4, 51
vpaddq ymm5, ymm5, ymm11
vmovapd ymm13, [{c} + 128]
vmovapd ymm12, [{c} + 160]
vmovapd ymm11, [{c} + 96]
vpand ymm0, ymm5, ymm13
vpor ymm0, ymm0, ymm12
vsubpd ymm0, ymm0, ymm11
vmovapd [{o} + 0], ymm0
vpand ymm1, ymm6, ymm13
vpor ymm1, ymm1, ymm12
vpsrlq ymm10, ymm5, 51
vpaddq ymm1, ymm1, ymm10
vsubpd ymm1, ymm1, ymm11
vmovapd [{o} + 32], ymm1
vpand ymm2, ymm7, ymm13
vpor ymm2, ymm2, ymm12
vpsrlq ymm10, ymm6, 51
vpaddq ymm2, ymm2, ymm10
vsubpd ymm2, ymm2, ymm11
vmovapd [{o} + 64], ymm2
vpand ymm3, ymm8, ymm13
vpor ymm3, ymm3, ymm12
vpsrlq ymm10, ymm7, 51
vpaddq ymm3, ymm3, ymm10
vsubpd ymm3, ymm3, ymm11
vmovapd [{o} + 96], ymm3
vpaddq ymm4, ymm9, [{c} + 192]
vpsrlq ymm10, ymm8, 51
vpaddq ymm4, ymm4, ymm10
vsubpd ymm4, ymm4, [{c} + 64]
vmovapd [{o} + 128], ymm4",
            o = in(reg) out,
            a = in(reg) a,
            c = in(reg) constants.0.as_ptr(),
            out("ymm0") _,
            out("ymm1") _,
            out("ymm2") _,
            out("ymm3") _,
            out("ymm4") _,
            out("ymm5") _,
            out("ymm6") _,
            out("ymm7") _,
            out("ymm8") _,
            out("ymm9") _,
            out("ymm10") _,
            out("ymm11") _,
            out("ymm12") _,
            out("ymm13") _,
            out("ymm14") _,
            out("ymm15") _,
            options(nostack, preserves_flags),
        );
    }
}
