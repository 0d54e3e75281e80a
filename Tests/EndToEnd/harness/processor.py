"""The example payment processor: a C program linked with libpaitifyverify, as its README builds it."""

ANY_PROCESSOR = "paitify:processor"
