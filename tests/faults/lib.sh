# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables that the programs here and tests/qemu/lib.sh share
# The boot state as the power cuts see it. It is written ROOT/UPGRADE/COUNT, as in B/1/2; none is a file
# that is no environment block. Read with the OS's own tool. What a boot makes of it is said here again, as
# docs/boot.md has it: a mistake in the rules themselves is not found here, but by tests/sim.

# The state in a file on balena-imx.
state_in() { # IMAGE FILE
	"$host/fat-file" "$1" "$imx_first" "$2" >"$work/state" 2>/dev/null
	case $? in 0) ;; 126 | 127) echo 'no fat-file'; return ;; *) echo none; return ;; esac
	[ "$(grep -ac '# GRUB Environment Block' "$work/state")" = 1 ] || { echo none; return; } # or parts of two
	grub-editenv "$work/state" list 2>/dev/null >"$work/state.list" || { echo none; return; }
	awk -F = '{ gsub(/[ \t]/, "", $2); value[$1] = $2 }
		END { print (value["resin_root_part"] "/" value["upgrade_available"] "/" value["bootcount"]) }
	' "$work/state.list"
}

one_of() { # WORD WORD...
	wanted=$1
	shift
	for word; do
		[ "$word" != "$wanted" ] || return 0
	done
	return 1
}

other_slot() { # SLOT
	case $1 in A) echo B ;; *) echo A ;; esac
}

# Takes a state apart: root, upgrade, count.
split_state() { # STATE
	root=${1%%/*} count=${1##*/}
	upgrade=${1#*/}
	upgrade=${upgrade%/*}
}

# The state that is meant when the last boot found LAST: an edit of the OS, or one half of it. Sets after.
correct() { # STATE LAST
	split_state "$2"
	last_root=$root last_upgrade=$upgrade tried=$root most=0
	if [ "$upgrade" = 1 ]; then
		[ "$count" -lt 2 ] || tried=$(other_slot "$root")
		[ "${1%%/*}" != "$root" ] || most=$((count + 1))
	fi
	split_state "$1"
	after=$1
	case $last_upgrade$upgrade in
	00) [ "$root" = "$tried" ] || after=$root/1/0 ;;
	10) [ "$root" = "$tried" ] || [ "$root" != "$last_root" ] || after=$root/1/0 ;;
	11) [ "$root" != "$tried" ] || [ "$root" = "$last_root" ] || [ "$count" = 0 ] || { after=$root/0/$count; return; } ;;
	esac
	[ "$upgrade" = 0 ] || [ "$count" -le "$most" ] || after=$root/1/$most
}

# What a boot makes of the two files: slot, why, and after, the state that it leaves in bootenv. meant is the
# state before it counts.
decide() { # STATE-OF-BOOTENV STATE-OF-ITS-COPY
	after=$1 meant=$1
	case $1/$2 in
	none/none) slot=A why=current; return ;;
	none/*) after=$2 ;;
	*/none) ;;
	*) correct "$1" "$2" ;;
	esac
	meant=$after
	split_state "$after"
	slot=$root why=current
	[ "$upgrade" = 1 ] || return 0
	count=$((count + 1))
	after=$root/1/$count why=update
	[ $count -lt 3 ] || { slot=$(other_slot "$root"); why=rollback; }
}

# The sectors of balena-imx: imx_first, and imx_count of them.
find_imx() { # IMAGE
	# shellcheck disable=SC2046 # two words
	set -- $(partx --raw --noheadings --output START,SECTORS,NAME "$1" | sed -n 's/ balena-imx$//p')
	imx_first=$1 imx_count=$2
}
