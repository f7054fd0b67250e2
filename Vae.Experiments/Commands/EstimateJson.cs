using System.Text.Json;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>Estimates as JSON with the column names of estimates.parquet; what isn't finite is null.</summary>
internal static class EstimateJson
{
    private static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    internal static string Of(EstimateRow row) => JsonSerializer.Serialize(Finite(row), format);

    internal static string Of(IEnumerable<EstimateRow> rows) => JsonSerializer.Serialize(rows.Select(Finite), format);

    private static EstimateRow Finite(EstimateRow row) =>
        row with
        {
            Elbo = Finite(row.Elbo),
            LogPx = Finite(row.LogPx),
            LogPxSe = Finite(row.LogPxSe),
            McSe = Finite(row.McSe),
            Ess = Finite(row.Ess),
            Lower = Finite(row.Lower),
            Upper = Finite(row.Upper),
        };

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;
}
