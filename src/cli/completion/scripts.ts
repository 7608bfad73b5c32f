/** Each asks `rerankctl __complete =CURRENT WORD…`, so that what is offered is what this version knows. */
const SCRIPTS = {
  bash: `# rerankctl completion bash: put  source <(rerankctl completion bash)  into ~/.bashrc
_rerankctl() {
  local current=\${COMP_WORDS[COMP_CWORD]} answer besides value about
  # readline takes = for a word of its own.
  [[ $current == '=' ]] && current=
  answer=$("$1" __complete "=$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null) || return
  COMPREPLY=()
  {
    read -r besides
    while IFS=$'\\t' read -r value about; do COMPREPLY+=("$value"); done
  } <<<"$answer"
  local kind=
  case $besides in
    files) kind=-f ;;
    folders) kind=-d ;;
    nospace) compopt -o nospace 2>/dev/null ;;
  esac
  if [[ -n $kind ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$kind" -- "$current")
  fi
}
complete -F _rerankctl rerankctl
`,
  zsh: `#compdef rerankctl
# rerankctl completion zsh: put  source <(rerankctl completion zsh)  into ~/.zshrc, after compinit
_rerankctl() {
  local -a lines offered none
  local besides line
  lines=("\${(@f)$("\${(Q)words[1]}" __complete "=\${(Q)words[CURRENT]}" "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  besides=$lines[1]
  shift lines
  [[ $PREFIX == --*=* ]] && compset -P '*='
  for line in $lines; do
    offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  [[ $besides == nospace ]] && none=(-S '')
  (( $#offered )) && _describe rerankctl offered "\${none[@]}"
  case $besides in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _rerankctl ]]; then _rerankctl "$@"; else compdef _rerankctl rerankctl; fi
`,
  fish: `# rerankctl completion fish: put it into ~/.config/fish/completions/rerankctl.fish
function __rerankctl_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -l lines ($words[1] __complete "=$current" $words[2..-1] 2>/dev/null)
    set -l flag (string match -r -- '^--[^=]+=' "$current")
    for line in $lines[2..-1]
        echo "$flag$line"
    end
    set -l path (string replace -r -- '^--[^=]+=' '' "$current")
    switch "$lines[1]"
        case files
            for found in (__fish_complete_path "$path")
                echo "$flag$found"
            end
        case folders
            for found in (__fish_complete_directories "$path" '')
                echo "$flag$found"
            end
    end
end
complete -c rerankctl -f -a '(__rerankctl_complete)'
`,
  powershell: `# rerankctl completion powershell: put  rerankctl completion powershell | Out-String | Invoke-Expression  into $PROFILE
Register-ArgumentCompleter -Native -CommandName rerankctl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $before = @($words | Select-Object -Skip 1)
    $lines = @(& $words[0] __complete "=$wordToComplete" @before 2>$null)
    $flag = if ($wordToComplete -match '^--[^=]+=') { $Matches[0] } else { '' }
    foreach ($line in ($lines | Select-Object -Skip 1)) {
        $value, $about = $line -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new("$flag$value", $value, 'ParameterValue', $about)
    }
}
`,
} as const;

export type Shell = keyof typeof SCRIPTS;

export const SHELLS = Object.keys(SCRIPTS) as readonly Shell[];

/** What a shell reads to complete rerankctl's command lines. */
export function scriptFor(shell: Shell): string {
  return SCRIPTS[shell];
}
