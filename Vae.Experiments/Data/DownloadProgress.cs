namespace Vae.Experiments.Data;

/// <summary>How far a download is.</summary>
/// <param name="DataSet">The data set's name.</param>
/// <param name="File">The file's name.</param>
/// <param name="Mirror">The host that serves it.</param>
/// <param name="Received">Bytes so far, those of an earlier try included.</param>
/// <param name="Total">Bytes in all.</param>
public readonly record struct DownloadProgress(string DataSet, string File, string Mirror, long Received, long Total);
