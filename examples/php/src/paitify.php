<?php

declare(strict_types=1);

require_once __DIR__ . '/types.php';
require_once __DIR__ . '/Bytes.php';
require_once __DIR__ . '/Library.php';
require_once __DIR__ . '/Verifier.php';
