<?php

declare(strict_types=1);

namespace Paitify;

use FFI;
use FFI\CData;

/**
 * A text as C takes it: a paitify_bytes, good as long as this object is there.
 *
 * The buffer is no member of a struct made for it: PHP remembers by a type's address where its members are, and such a
 * type would soon be gone, and another at its address.
 *
 * @internal
 */
final class Bytes
{
    public readonly CData $value;
    private readonly CData $buffer;

    public function __construct(#[\SensitiveParameter] string $text)
    {
        $length = strlen($text);
        $this->buffer = Library::ffi()->new(sprintf('uint8_t[%d]', max(1, $length)));
        $this->value = Library::ffi()->new('paitify_bytes');
        FFI::memcpy($this->buffer, $text, $length);
        $this->value->data = FFI::addr($this->buffer[0]);
        $this->value->length = $length;
    }
}
