using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Vae.Primitives;

/// <summary>Writes a file whole or not at all: temporary name beside it, flush to disk, rename, flush of the folder.</summary>
/// <remarks>
/// A reader sees the old content or the new one, never a part; a crash or a power cut leaves one of the two.
/// When anything throws, the temporary is removed and the old file is as it was. The folder must exist.
/// </remarks>
public static partial class AtomicFile
{
    /// <summary>Replaces the file by what <paramref name="write"/> puts into the stream.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
            }
            Commit(temporary, path);
        }
        catch
        {
            DeleteIfThere(temporary);
            throw;
        }
    }

    /// <summary>Replaces the file by the text in UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Gives a finished temporary (of native code, say) its final name, durably; removes it when that fails.</summary>
    public static void Commit(string temporary, string path)
    {
        var folder = FolderOf(path);
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteIfThere(temporary);
            throw;
        }
        FlushFolder(folder);
    }

    /// <summary>A new hidden name in the folder of <paramref name="path"/>, so that the rename stays within one file system.</summary>
    public static string TemporaryFor(string path) =>
        Path.Combine(FolderOf(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");

    private static string FolderOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        return Path.GetFileName(full).Length > 0 && Path.GetDirectoryName(full) is { } folder
            ? folder
            : throw new ArgumentException($"'{path}' names a folder, not a file.", nameof(path));
    }

    // The first failure is the one to tell, so a second one while cleaning up is kept quiet.
    private static void DeleteIfThere(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    // A rename is durable once the folder is; .NET can't open a folder, so this is libc's business.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        const int readOnly = 0;
        const int invalidArgument = 22; // a file system that has no fsync for folders
        var descriptor = OpenFolder(folder, readOnly);
        if (descriptor < 0)
        {
            throw Failure(folder);
        }
        try
        {
            if (FlushToDisk(descriptor) != 0 && Marshal.GetLastPInvokeError() != invalidArgument)
            {
                throw Failure(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder) =>
        new(
            $"The folder '{folder}' can't be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}.",
            new Win32Exception(Marshal.GetLastPInvokeError())
        );

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushToDisk(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
