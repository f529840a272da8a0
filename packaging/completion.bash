# SPDX-License-Identifier: Apache-2.0
# Completion for bash: the commands and options that --help names.
_balena_bootloader()
{
	local tool=$1 word=$2 words

	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$("$tool" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  *[^ ].*/\1/p') --help --version"
	elif [[ $word == -* ]]; then
		words="$("$tool" "${COMP_WORDS[1]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u) --help"
	else
		return 0
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _balena_bootloader bbctl bbsign
