using System.Text.RegularExpressions;

namespace Vae.Inference.Repository;

/// <summary>Names that a model may have: letters, digits, '.', '_' and '-', at most 64, the first no dot. So none leads out of a folder.</summary>
public static partial class ModelName
{
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"^(?!\.)[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
