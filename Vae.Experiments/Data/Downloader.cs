using System.Globalization;
using System.Net;
using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>Fetches a file from the first mirror that gives the right bytes; a download that broke off goes on where it stopped.</summary>
/// <remarks>
/// The bytes are gathered in name.part beside the file, under the folder's lock, so that two runs don't fetch the same thing
/// at once. The file gets its own name when its SHA-256 is right, and only then.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private const int TriesPerMirror = 4;
    private readonly HttpClient http;
    private readonly TimeSpan patience;

    /// <summary>A downloader that waits so long for a connection, or for the next bytes; 30 s by default.</summary>
    public Downloader(TimeSpan? patience = null)
    {
        this.patience = patience ?? TimeSpan.FromSeconds(30);
        http = new(new SocketsHttpHandler { ConnectTimeout = this.patience }) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new("vae-research", "1.0"));
        http.DefaultRequestHeaders.AcceptEncoding.Add(new("identity")); // ranges count the file's own bytes
    }

    /// <summary>Brings the file into the folder.</summary>
    /// <returns>Nothing when the file is there; otherwise why each mirror failed, in the mirrors' order.</returns>
    public async Task<IReadOnlyList<MirrorFailure>> FetchAsync(
        DataSource source,
        DataFile file,
        string folder,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var turn = await FolderLock.TakeAsync(folder, cancellation).ConfigureAwait(false);
        var path = Path.Combine(folder, file.Name);
        var failures = new List<MirrorFailure>();
        if (File.Exists(path)) // another run was faster
        {
            return failures;
        }

        var partial = path + ".part";
        if (await FromAnyMirrorAsync(partial).ConfigureAwait(false))
        {
            AtomicFile.Commit(partial, path);
            failures.Clear();
        }

        return failures;

        async Task<bool> FromAnyMirrorAsync(string partial)
        {
            using var part = new PartialFile(partial);
            foreach (var address in source.Mirrors.Select(mirror => new Uri(mirror, file.Name)))
            {
                var report = (long received) =>
                    progress?.Report(new(source.Name, file.Name, address.Host, received, file.Size));
                var reason = await FromMirrorAsync(address, file, part, report, cancellation).ConfigureAwait(false);
                if (reason is null)
                {
                    return true;
                }

                failures.Add(new(address, reason));
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Completes the part from one mirror; says why when that fails. Tries again as long as bytes come.</summary>
    private async Task<string?> FromMirrorAsync(
        Uri address,
        DataFile file,
        PartialFile part,
        Action<long> report,
        CancellationToken cancellation
    )
    {
        string? reason = null;
        for (var attempt = 0; attempt < TriesPerMirror; attempt++)
        {
            var start = part.Length;
            if (start < file.Size)
            {
                reason = await ReceiveAsync(address, file, part, report, cancellation).ConfigureAwait(false);
            }

            if (part.Length >= file.Size)
            {
                var found = part.Sha256();
                if (found == file.Sha256)
                {
                    return null;
                }

                part.Discard();
                reason = $"sha256 {found} after {start} bytes of an earlier try, expected {file.Sha256}";
                if (start == 0)
                {
                    return $"sha256 {found}, expected {file.Sha256}";
                }
            }
            else if (part.Length <= start)
            {
                return reason;
            }
        }

        return reason;
    }

    /// <summary>Appends what the mirror sends; says what was wrong with it, if anything was.</summary>
    private async Task<string?> ReceiveAsync(
        Uri address,
        DataFile file,
        PartialFile part,
        Action<long> report,
        CancellationToken cancellation
    )
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = part.Length > 0 ? new(part.Length, null) : null;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token)
                .ConfigureAwait(false);
            if (Refusal(response, file, part.Length) is { } refusal)
            {
                return refusal;
            }

            var body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    part.Discard(); // the whole file comes
                }

                var buffer = new byte[1 << 16];
                while (part.Length < file.Size)
                {
                    stall.CancelAfter(patience);
                    var count = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
                    if (count == 0)
                    {
                        return $"ended after {part.Length} of {file.Size} bytes";
                    }

                    part.Append(buffer.AsSpan(0, (int)Math.Min(count, file.Size - part.Length)));
                    report(part.Length);
                }
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"nothing came for {patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return failure.Message;
        }
    }

    /// <summary>Why this answer can't be the file, or what is missing of it.</summary>
    private static string? Refusal(HttpResponseMessage response, DataFile file, long start)
    {
        var headers = response.Content.Headers;
        return response.StatusCode switch
        {
            HttpStatusCode.OK when headers.ContentLength is { } length && length != file.Size =>
                $"sends {length} bytes, expected {file.Size}",
            HttpStatusCode.OK => null,
            HttpStatusCode.PartialContent when headers.ContentRange is { From: { } from } && from == start => null,
            HttpStatusCode.PartialContent => $"sends {headers.ContentRange}, asked for bytes from {start}",
            var status => $"HTTP {(int)status} {response.ReasonPhrase}",
        };
    }
}
