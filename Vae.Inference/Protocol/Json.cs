using System.Text.Json;

namespace Vae.Inference.Protocol;

/// <summary>Strict reading of JSON: what isn't as it should be is a refusal that names its place.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions options = new() { AllowDuplicateProperties = false };

    /// <summary>What the reader makes of a whole text; a text that is no JSON or no Unicode, wherever that shows, is refused.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, options);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string what = e is JsonException ? "" : " (not Unicode)";
            throw RefusedException.BadRequest($"the body isn't JSON that is read here{what}: {e.Message}");
        }
    }

    public static JsonObject Object(JsonElement element, string place, params ReadOnlySpan<string> keys)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw RefusedException.BadRequest($"{place} is an object, not {Kind(element)}");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!IsOneOf(property, keys))
            {
                throw RefusedException.BadRequest(
                    $"{place}: unknown key '{property.Name}'; known are {string.Join(", ", keys!)}"
                );
            }
        }

        return new JsonObject(element, place);
    }

    private static bool IsOneOf(JsonProperty property, ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (property.NameEquals(key))
            {
                return true;
            }
        }

        return false;
    }

    public static JsonElement.ArrayEnumerator Array(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw RefusedException.BadRequest($"{place} is an array, not {Kind(element)}");

    public static long Integer(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value)
            ? value
            : throw RefusedException.BadRequest($"{place}: {Kind(element)} isn't a whole number of 64 bits");

    public static bool Bool(JsonElement element, string place) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw RefusedException.BadRequest($"{place} is true or false, not {Kind(element)}");

    public static string Text(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.String
            ? element.GetString()!
            : throw RefusedException.BadRequest($"{place} is a text, not {Kind(element)}");

    /// <summary>What an element is, short enough for a sentence.</summary>
    public static string Kind(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => element.GetRawText() is { Length: <= 40 } number ? number : "a long number",
            var kind => kind.ToString().ToLowerInvariant(),
        };
}

/// <summary>An object of a request, and where it stands.</summary>
internal readonly record struct JsonObject(JsonElement Element, string Place)
{
    public JsonElement? Get(string key) => Element.TryGetProperty(key, out JsonElement value) ? value : null;

    public string? Text(string key) => Get(key) is { } value ? Json.Text(value, $"{Place}.{key}") : null;

    public string Required(string key) => Text(key) ?? throw RefusedException.BadRequest($"{Place} has no '{key}'");
}
