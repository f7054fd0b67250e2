using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>What git says of a checkout.</summary>
/// <param name="Commit">The commit checked out.</param>
/// <param name="Dirty">Whether files differ from it, untracked ones included.</param>
/// <param name="Patch">The difference of the tracked files; null when there is none or it is over 256 KiB.</param>
public sealed record GitState(string Commit, bool Dirty, string? Patch)
{
    private const int LongestPatch = 256 * 1024;

    /// <summary>Asks git; null when the folder is no checkout or git isn't installed.</summary>
    public static GitState? Of(string folder)
    {
        if (
            Git(folder, "rev-parse", "HEAD") is not { } commit
            || Git(folder, "status", "--porcelain") is not { } changes
        )
        {
            return null;
        }
        var patch = changes.Length > 0 ? Git(folder, "diff", "--no-ext-diff", "--no-color", "HEAD") : null;
        return new GitState(
            commit.Trim(),
            changes.Length > 0,
            patch is { Length: > 0 and <= LongestPatch } ? patch : null
        );
    }

    private static string? Git(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
