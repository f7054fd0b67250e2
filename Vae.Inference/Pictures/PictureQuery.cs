using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Vae.Inference.Pictures;

/// <summary>The settings of a picture, from the address: unknown ones, doubled ones and ones out of range are refused.</summary>
internal sealed class PictureQuery
{
    private readonly IQueryCollection query;

    public PictureQuery(IQueryCollection query, params string[] known)
    {
        this.query = query;
        foreach (var (key, value) in query)
        {
            if (!known.Contains(key, StringComparer.Ordinal))
            {
                throw RefusedException.BadRequest($"unknown setting '{key}'; known are {string.Join(", ", known)}");
            }

            if (value.Count != 1)
            {
                throw RefusedException.BadRequest($"'{key}' is there {value.Count} times");
            }
        }
    }

    public bool Has(string key) => query.ContainsKey(key);

    public int Whole(string key, int otherwise, int least, int most) => (int)Whole(key, (long)otherwise, least, most);

    public uint Seed => (uint)Whole("seed", 0L, 0, uint.MaxValue);

    public float Real(string key, float otherwise, float least, float most) =>
        !Has(key) ? otherwise
        : float.TryParse(query[key], NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
        && value >= least
        && value <= most
            ? value
        : throw RefusedException.BadRequest($"'{key}' is a number from {least} to {most}, not '{query[key]}'");

    private long Whole(string key, long otherwise, long least, long most) =>
        !Has(key) ? otherwise
        : long.TryParse(query[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        && value >= least
        && value <= most
            ? value
        : throw RefusedException.BadRequest($"'{key}' is a whole number from {least} to {most}, not '{query[key]}'");
}
