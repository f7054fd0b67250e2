namespace Vae.Experiments.Data;

/// <summary>One process at a time downloads into a folder. The file .lock stays there; the lock on it goes with the process.</summary>
internal static class FolderLock
{
    private const int Taken = 11; // EWOULDBLOCK of flock on Linux, which .NET passes on
    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the turn; disposing of the result ends it. ExperimentException (Data): the folder can't be written.</summary>
    public static async Task<IDisposable> TakeAsync(string folder, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                var path = Path.Combine(folder, ".lock");
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException other) when (other.HResult == Taken)
            {
                await Task.Delay(poll, cancellation).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new ExperimentException(
                    ExitCode.Data,
                    $"{folder}: can't be written, so nothing can be downloaded into it: {failure.Message} Set VAE_DATA to a folder that can.",
                    failure
                );
            }
        }
    }
}
