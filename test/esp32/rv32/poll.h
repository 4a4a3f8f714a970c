/* Stands in for lwIP's header where C is compiled for rv32 and not linked: nothing of it is used
 * there. */
