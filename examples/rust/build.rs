//! Asks pkg-config where libpaitifyverify is.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let answer = Command::new("pkg-config")
        .args(["--variable=libdir", "--print-errors", "paitifyverify"])
        .output()
        .expect("pkg-config is not installed");
    // pkgconf quotes spaces for a shell, and there is none here.
    let folder = String::from_utf8_lossy(&answer.stdout).trim_end().replace("\\ ", " ");
    assert!(
        answer.status.success() && !folder.is_empty(),
        "pkg-config finds no paitifyverify; build it (make library) and set PKG_CONFIG_PATH to build/lib/pkgconfig: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    println!("cargo:rustc-link-search=native={folder}");
    println!("cargo:rustc-link-lib=dylib=paitifyverify");
    // For this package's own programs; the library need not be where the system looks for it.
    println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
}
