# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables that the programs here and tests/qemu/lib.sh share
# The boot state as the power cuts see it. It is written ROOT/UPGRADE/COUNT, as in B/1/2; none is a file
# that is no environment block. Read with the OS's own tool, and decided anew here from docs/boot.md, so
# that this is no echo of src/.

# The state in a file on balena-imx.
state_in() { # IMAGE FILE
	"$host/fat-file" "$1" "$imx_first" "$2" >"$work/state" 2>/dev/null || { echo none; return; }
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

# What a boot makes of the two files: slot, why, and after, the state that it leaves in bootenv.
decide() { # STATE-OF-BOOTENV STATE-OF-ITS-COPY
	after=$1
	case $1/$2 in
	none/none) slot=A why=current; return ;;
	none/*) after=${2%%/*}/0/${2##*/} ;;
	esac
	slot=${after%%/*} why=current
	case $after in
	*/1/*)
		count=$((${after##*/} + 1))
		after=$slot/1/$count why=update
		[ $count -lt 3 ] || { slot=$(other_slot "$slot"); why=rollback; }
		;;
	esac
}

# The sectors of balena-imx: imx_first, and imx_count of them.
find_imx() { # IMAGE
	# shellcheck disable=SC2046 # two words
	set -- $(partx --raw --noheadings --output START,SECTORS,NAME "$1" | sed -n 's/ balena-imx$//p')
	imx_first=$1 imx_count=$2
}
