namespace Vae.Experiments.Data;

/// <summary>One process at a time downloads into a folder. The file .lock stays there; the lock on it goes with the process.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the turn; disposing of the result ends it.</summary>
    public static async Task<IDisposable> TakeAsync(string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, ".lock");
        try
        {
            Directory.CreateDirectory(folder);
            Open(path, FileShare.ReadWrite).Dispose(); // takes no lock: what fails here isn't another's turn
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(
                ExitCode.Data,
                $"{folder}: can't be written, so nothing can be downloaded into it: {failure.Message} Set VAE_DATA to a folder that can.",
                failure
            );
        }

        while (true)
        {
            try
            {
                return Open(path, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(poll, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static FileStream Open(string path, FileShare share) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
}
