/* JWKS documents that a fuzzer can write, and what must stand in one that was installed. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

#include "signing.h"

/* The document with its bytes 1 to 8 replaced by the keys and members that they stand for, in a block that ends
 * where it ends. Free its data. */
paitify_bytes expand(paitify_bytes document);

/* The algorithm's key serves, so by jansson the document has it, for verifying, and has nothing that no set may
 * have. */
void require_key(paitify_bytes document, algorithm algorithm);

#endif
