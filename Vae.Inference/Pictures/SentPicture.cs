using System.Buffers.Binary;
using System.Text.Json;
using Vae.Inference.Protocol;
using Vae.Primitives;

namespace Vae.Inference.Pictures;

/// <summary>A picture that a client sends: a PNG file, or JSON numbers in [0, 1], flat or nested.</summary>
internal static class SentPicture
{
    /// <summary>The picture as a model has it: [C, H, W], in [0, 1].</summary>
    public static float[] Read(ReadOnlyMemory<byte> body, ModelCardImage image)
    {
        if (body.Span.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            return FromPng(body.Span, image);
        }

        List<float> values = Json.Read(
            body,
            root =>
            {
                var numbers = new List<float>();
                Collect(root, numbers);
                return numbers;
            }
        );
        long expected = image.Channels * image.Height * image.Width;
        return values.Count == expected
            ? [.. values]
            : throw RefusedException.BadRequest(
                $"a picture of this model has {expected} numbers, and these are {values.Count}"
            );
    }

    private static void Collect(JsonElement element, List<float> values)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            values.Add(
                element.TryGetSingle(out float value) && value is >= 0 and <= 1
                    ? value
                    : throw RefusedException.BadRequest($"{Json.Kind(element)} isn't from 0 (paper) to 1 (ink)")
            );
            return;
        }

        foreach (JsonElement inner in Json.Array(element, "a picture that is no PNG file"))
        {
            Collect(inner, values);
        }
    }

    private static float[] FromPng(ReadOnlySpan<byte> file, ModelCardImage image)
    {
        // Looked at before it is unpacked: a small file may hold a huge picture.
        const int sizes = 16;
        if (file.Length < sizes + 8)
        {
            throw RefusedException.BadRequest("the picture can't be read: it ends before its size");
        }

        int width = BinaryPrimitives.ReadInt32BigEndian(file[sizes..]);
        int height = BinaryPrimitives.ReadInt32BigEndian(file[(sizes + 4)..]);
        if (width != image.Width || height != image.Height)
        {
            throw RefusedException.BadRequest(
                $"the picture has {width} x {height} pixels, and this model's have {image.Width} x {image.Height}"
            );
        }

        try
        {
            return Channels(PngReader.Read(file), (int)image.Channels);
        }
        catch (InvalidDataException e)
        {
            throw RefusedException.BadRequest($"the picture can't be read: {e.Message}");
        }
    }

    // [H, W, C] → [C', H, W]: grey for colour is the same thrice, colour for grey the mean.
    private static float[] Channels(PngImage png, int channels)
    {
        int area = png.Width * png.Height;
        var values = new float[channels * area];
        for (int i = 0; i < area; i++)
        {
            ReadOnlySpan<byte> pixel = png.Pixels.AsSpan(i * png.Channels, png.Channels);
            int sum = 0;
            foreach (byte level in pixel)
            {
                sum += level;
            }

            for (int c = 0; c < channels; c++)
            {
                values[c * area + i] = channels == pixel.Length ? pixel[c] / 255f : sum / (255f * pixel.Length);
            }
        }

        return values;
    }
}
