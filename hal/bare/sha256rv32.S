/* The compression function of SHA-256 (FIPS 180-4, 6.2.2) for rv32, in the place of that of Mbed
 * TLS: int mbedtls_internal_sha256_process(mbedtls_sha256_context*, const unsigned char[64]).
 * The processor cannot rotate, and GCC keeps the sixteen words of the message in memory. Here they
 * and the state are in registers, all 28 of which are in use: nothing of the message is left in
 * memory that would have to be cleared. Compiled code takes 61 instructions a byte, this 55.5. */

/* Of the context: its state is behind the count of bytes, of two words. */
#define STATE 8

#define A s2
#define B s3
#define C s4
#define D s5
#define E a2
#define F a3
#define G a4
#define H s6

#define W0 t0
#define W1 t1
#define W2 t2
#define W3 t3
#define W4 t4
#define W5 t5
#define W6 t6
#define W7 s7
#define W8 s8
#define W9 s9
#define W10 s10
#define W11 s11
#define W12 a5
#define W13 a6
#define W14 a7
#define W15 ra

/* Where K continues. */
#define K a1
/* Free, but for what a round leaves the next one in X or Y. */
#define X s0
#define Y s1
#define Z a0

#define FRAME 64
#define CONTEXT 52
#define SAVED(f) \
	f ra, 0(sp); f s0, 4(sp); f s1, 8(sp); f s2, 12(sp); f s3, 16(sp); f s4, 20(sp); \
	f s5, 24(sp); f s6, 28(sp); f s7, 32(sp); f s8, 36(sp); f s9, 40(sp); f s10, 44(sp); \
	f s11, 48(sp)
#define WORDS(f) \
	f W0, 0; f W1, 1; f W2, 2; f W3, 3; f W4, 4; f W5, 5; f W6, 6; f W7, 7; \
	f W8, 8; f W9, 9; f W10, 10; f W11, 11; f W12, 12; f W13, 13; f W14, 14; f W15, 15
#define STATES(f) \
	f A, 0; f B, 1; f C, 2; f D, 3; f E, 4; f F, 5; f G, 6; f H, 7

	/* Four bytes, the most significant first, at any address. */
	.macro message word, i
	lbu \word, 4 * \i(K)
	lbu X, 4 * \i + 1(K)
	slli \word, \word, 24
	slli X, X, 16
	or \word, \word, X
	lbu X, 4 * \i + 2(K)
	slli X, X, 8
	or \word, \word, X
	lbu X, 4 * \i + 3(K)
	or \word, \word, X
	.endm

	.macro load word, i
	lw \word, STATE + 4 * \i(Z)
	.endm

	.macro store word, i
	lw X, STATE + 4 * \i(Z)
	add X, X, \word
	sw X, STATE + 4 * \i(Z)
	.endm

	/* to = (from >>> right) ^ (from >>> right + r2) ^ (from >>> right + r2 + r3): a rotation is two
	 * shifts, and those in one direction are nested. left = 32 - right - r2 - r3. */
	.macro rotations to, from, right, r2, r3, left, free
	srli \to, \from, \r3
	xor \to, \to, \from
	srli \to, \to, \r2
	xor \to, \to, \from
	srli \to, \to, \right
	slli \free, \from, \r2
	xor \free, \free, \from
	slli \free, \free, \r3
	xor \free, \free, \from
	slli \free, \free, \left
	xor \to, \to, \free
	.endm

	/* As above with `right` a shift: the bits that fall out do not come back. */
	.macro shifted to, from, right, r2, r3, left, free
	srli \to, \from, \r3
	xor \to, \to, \from
	srli \to, \to, \r2
	xor \to, \to, \from
	srli \to, \to, \right
	slli \free, \from, \r3
	xor \free, \free, \from
	slli \free, \free, \left
	xor \to, \to, \free
	.endm

	/* `last` is b ^ c, and `next` becomes a ^ b, which is b ^ c of the next round. */
	.macro round a, b, c, d, e, f, g, h, word, i, last, next
	add \h, \h, \word
	lw Z, 4 * \i(K)
	add \h, \h, Z
	rotations Z, \e, 6, 5, 14, 7, \next
	add \h, \h, Z
	xor Z, \f, \g
	and Z, Z, \e
	xor Z, Z, \g
	add \h, \h, Z
	add \d, \d, \h
	rotations Z, \a, 2, 11, 9, 10, \next
	add \h, \h, Z
	xor \next, \a, \b
	and \last, \last, \next
	xor \last, \last, \b
	add \h, \h, \last
	.endm

	/* The word that comes sixteen rounds later. */
	.macro schedule word, w1, w9, w14
	add \word, \word, \w9
	shifted Z, \w1, 3, 4, 11, 14, Y
	add \word, \word, Z
	shifted Z, \w14, 10, 7, 2, 13, Y
	add \word, \word, Z
	.endm

	.section .text.mbedtls_internal_sha256_process, "ax"
	.globl mbedtls_internal_sha256_process
	.type mbedtls_internal_sha256_process, @function
	.balign 4
mbedtls_internal_sha256_process:
	addi sp, sp, -FRAME
	SAVED(sw)
	sw a0, CONTEXT(sp)
	WORDS(message)
	STATES(load)
	lla K, constants
	xor X, B, C
.Lrounds:
	round A, B, C, D, E, F, G, H, W0, 0, X, Y
	round H, A, B, C, D, E, F, G, W1, 1, Y, X
	round G, H, A, B, C, D, E, F, W2, 2, X, Y
	round F, G, H, A, B, C, D, E, W3, 3, Y, X
	round E, F, G, H, A, B, C, D, W4, 4, X, Y
	round D, E, F, G, H, A, B, C, W5, 5, Y, X
	round C, D, E, F, G, H, A, B, W6, 6, X, Y
	round B, C, D, E, F, G, H, A, W7, 7, Y, X
	round A, B, C, D, E, F, G, H, W8, 8, X, Y
	round H, A, B, C, D, E, F, G, W9, 9, Y, X
	round G, H, A, B, C, D, E, F, W10, 10, X, Y
	round F, G, H, A, B, C, D, E, W11, 11, Y, X
	round E, F, G, H, A, B, C, D, W12, 12, X, Y
	round D, E, F, G, H, A, B, C, W13, 13, Y, X
	round C, D, E, F, G, H, A, B, W14, 14, X, Y
	round B, C, D, E, F, G, H, A, W15, 15, Y, X
	addi K, K, 64
	lw Z, 0(K)
	beqz Z, .Lend
	schedule W0, W1, W9, W14
	schedule W1, W2, W10, W15
	schedule W2, W3, W11, W0
	schedule W3, W4, W12, W1
	schedule W4, W5, W13, W2
	schedule W5, W6, W14, W3
	schedule W6, W7, W15, W4
	schedule W7, W8, W0, W5
	schedule W8, W9, W1, W6
	schedule W9, W10, W2, W7
	schedule W10, W11, W3, W8
	schedule W11, W12, W4, W9
	schedule W12, W13, W5, W10
	schedule W13, W14, W6, W11
	schedule W14, W15, W7, W12
	schedule W15, W0, W8, W13
	j .Lrounds
.Lend:
	lw Z, CONTEXT(sp)
	STATES(store)
	SAVED(lw)
	li a0, 0
	addi sp, sp, FRAME
	ret

	/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes; 0 ends
	 * them. */
	.section .rodata.mbedtls_internal_sha256_process, "a"
	.balign 4
constants:
	.word 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1
	.word 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3
	.word 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786
	.word 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
	.word 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147
	.word 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13
	.word 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b
	.word 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
	.word 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a
	.word 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208
	.word 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
	.word 0
