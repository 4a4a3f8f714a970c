/* The application, linked into the image. BLOB is its path. */
	.section .blob, "a"
	.balign 8
	.incbin BLOB
