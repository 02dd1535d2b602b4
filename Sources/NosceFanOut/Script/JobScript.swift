import NosceCore
import NosceText

/// `job.sh`: what a queue starts, with the number of a line.
///
/// Every value in it went through ``ShellQuoting``. It is plain bash: it can be started by hand, by
/// Slurm, by SkyPilot, or by anything else that gives it a number.
package enum JobScript {
  /// The variable with the line that index 0 means.
  static let firstLine = "NOSCE_FIRST_LINE"

  /// How often a job is queued again that comes to its limit of time.
  static let mostRestarts = 10

  /// - Parameters:
  ///   - program: the words that carry out a line, but for `--line N`.
  ///   - folder: the fan-out, with its whole path.
  package static func text(
    program: [String], folder: String, profile: SlurmProfile
  ) -> String {
    let quoted = ShellQuoting.quoted
    var lines = [
      "#!/bin/bash",
      "# Carries out one line of cells.jsonl: bash job.sh LINE, or as a job of an array.",
      "# Twice is harmless: a line that is done is left alone.",
      "set -u",
      "folder=\(quoted(folder))",
      "if [ $# -gt 0 ]; then",
      "  index=$1 first=0",
      "else",
      "  index=\"${SLURM_ARRAY_TASK_ID:-${SKYPILOT_JOB_RANK:-}}\" first=\"${\(firstLine):-0}\"",
      "fi",
      "case \"$index\" in",
      "  ''|*[!0-9]*) echo \"job.sh: found the line '$index'; allowed: a number\" >&2; exit 64 ;;",
      "esac",
      "line=$(( 10#$first + 10#$index ))",
      "rm -f \"$folder/logs/line-$line.exit\"",
      "exec >>\"$folder/logs/line-$line.out\" 2>&1",
      "",
      "# Nodes of a cluster seldom reach the network, and nothing is ever downloaded.",
      "export HF_HUB_OFFLINE=1",
    ]
    lines += profile.environment.map { "export \($0.name)=\(quoted($0.value))" }
    // Scripts of modules read variables that are not set.
    lines += profile.modules.map { "set +u; module load \(quoted($0)) || exit 78; set -u" }
    lines += [
      "",
      "program=(\(program.map(quoted).joined(separator: " ")))",
      "child= again=0 stop=0",
      "end() { stop=1; [ -z \"$child\" ] || kill -INT \"$child\" 2>/dev/null; }",
      "# Before the queue's limit of time: what is under way is ended and kept, and the job queued again.",
      "trap 'again=1; end' USR2",
      "trap end TERM INT",
      "\"${program[@]}\" --line \"$line\" &",
      "child=$!",
      "[ \"$stop\" = 0 ] || end",
      "# A signal ends a wait, and not what is waited for.",
      "while kill -0 \"$child\" 2>/dev/null; do wait \"$child\"; done",
      "wait \"$child\"",
      "code=$?",
      "printf '%s %s %s\\n' \"$code\" \"${SLURM_JOB_ID:-}\" \"$(hostname)\" >\"$folder/logs/.line-$line.$$\"",
      "mv -f \"$folder/logs/.line-$line.$$\" \"$folder/logs/line-$line.exit\"",
      "if [ \"$again\" = 1 ] && [ \"$code\" != 0 ] && [ -n \"${SLURM_JOB_ID:-}\" ]; then",
      "  # A training begins anew each time: one that is longer than the limit would come back for ever.",
      "  if [ \"${SLURM_RESTART_COUNT:-0}\" -lt \(mostRestarts) ]; then scontrol requeue \"$SLURM_JOB_ID\"",
      "  else echo 'job.sh: queued \(mostRestarts) times; allowed: a longer limit of time (profile, time)'; fi",
      "fi",
      "exit \"$code\"",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}
