#!/bin/sh
# Puts CNN Studio into the menu of whoever calls this, and the command cnnstudio into ~/.local/bin.
# The program stays in this folder. "./install.sh --remove" takes both away again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
bin=$HOME/.local/bin
desktop=$data/applications/cnnstudio.desktop
# Everything else lies where it lies in share; zsh looks into no folder of a person's by itself.
others="icons/hicolor/scalable/apps/cnnstudio.svg man/man1/cnnstudio.1
    bash-completion/completions/cnnstudio fish/vendor_completions.d/cnnstudio.fish"

if [ "${1:-}" = --remove ]; then
    rm -f "$desktop" "$bin/cnnstudio"
    for place in $others; do rm -f "$data/$place"; done
    echo "CNN Studio is out of the menu. Its program is still in $here."
    exit 0
fi

mkdir -p "$bin" "$(dirname "$desktop")"
ln -sf "$here/cnnstudio" "$bin/cnnstudio"
# A menu does not look along PATH everywhere, so it is told the place; quotes keep a space in it together.
place=$(printf %s "$here" | sed 's/[\\&|]/\\&/g')
sed "s|^Exec=cnnstudio|Exec=\"$place/cnnstudio\"|" "$here/share/applications/cnnstudio.desktop" > "$desktop"
for place in $others; do
    mkdir -p "$data/$(dirname "$place")"
    cp "$here/share/$place" "$data/$place"
done
command -v update-desktop-database > /dev/null && update-desktop-database "$(dirname "$desktop")" || true
echo "CNN Studio is in the menu, and $bin/cnnstudio starts it."
