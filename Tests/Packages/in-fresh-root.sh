#!/bin/sh
# in-fresh-root.sh SOURCE FOLDER COMMAND...: runs a command as root in this machine's file system, of which it sees a
# copy: what it changes is gone afterwards, SOURCE (this project) is not there, and FOLDER is /given, read-only.
#
# Exits with 125, and a line that says why, where the kernel does not permit that.
set -eu

if [ "${IN_FRESH_ROOT:-}" != yes ]; then
    export IN_FRESH_ROOT=yes
    unshare --mount true 2>/dev/null || { echo "in-fresh-root: unshare is not permitted here" >&2; exit 125; }
    exec unshare --mount "$0" "$@"
fi
source=$1 given=$2
shift 2
mount --make-rprivate /
scratch=/mnt
mount -t tmpfs none "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root" "$scratch/given"
mount --bind "$given" "$scratch/given"
root=$scratch/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$root" 2>/dev/null || {
    echo "in-fresh-root: overlayfs is not permitted here" >&2
    exit 125
}
for folder in proc dev sys; do mount --rbind "/$folder" "$root/$folder"; done
mount -t tmpfs none "$root/tmp"
[ ! -d "$root$source" ] || mount -t tmpfs none "$root$source"
mkdir "$root/given"
mount --bind -o ro "$scratch/given" "$root/given"
# Not the environment of the project's tests: a user of a package has none.
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
