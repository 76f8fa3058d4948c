"""What each shell runs once, so that it asks the program for completion at the Tab key.

Each sets the variable ``HWR_LIVE_COMPLETE`` to ``=`` and the word at the cursor, as far as it is
typed, and gives the words before it as arguments. What may stand there comes back a line each,
with a tab and what it is for; where nothing comes, the shell offers files.
"""

from __future__ import annotations

VARIABLE = "HWR_LIVE_COMPLETE"
"""Set, it asks for completion."""

_BASH = """\
_hwr_live() {
    local program="${COMP_WORDS[0]/#\\~/$HOME}" word
    COMPREPLY=()
    while IFS=$'\\t' read -r word _; do
        COMPREPLY+=("$word")
    done < <(HWR_LIVE_COMPLETE="=${COMP_WORDS[COMP_CWORD]}" \\
        "$program" "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -o bashdefault -o default -F _hwr_live hwr-live
"""

_ZSH = """\
#compdef hwr-live
_hwr_live() {
    local line
    local -a told found
    told=("${(@f)$(HWR_LIVE_COMPLETE="=$PREFIX" \\
        ${~words[1]} "${(@)words[2,CURRENT-1]}" 2>/dev/null)}")
    for line in $told; do
        found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
    done
    if (( $#found )); then
        _describe -V hwr-live found
    else
        _files
    fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _hwr_live hwr-live
"""

_FISH = """\
function __hwr_live_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l told (env HWR_LIVE_COMPLETE="=$current" $words 2>/dev/null)
    if test (count $told) -gt 0
        printf '%s\\n' $told
    else
        __fish_complete_path "$current"
    end
end
complete -c hwr-live -f -a '(__hwr_live_complete)'
"""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName hwr-live -ScriptBlock {
    param($word, $line, $cursor)
    $words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object { $_.Extent.Text })
    $before = @($words | Select-Object -Skip 1)
    $env:HWR_LIVE_COMPLETE = "=$word"
    try { $told = @(& $words[0] @before 2>$null) }
    finally { Remove-Item Env:HWR_LIVE_COMPLETE }
    foreach ($one in $told) {
        $text, $use = $one -split "`t", 2
        if (-not $use) { $use = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $use)
    }
}
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}
"""The script of each shell, by its name."""
