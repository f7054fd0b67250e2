using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>A folder of PNG pictures of the same size.</summary>
internal static class UserPictures
{
    /// <summary>[C, H, W], from the first picture.</summary>
    public static IReadOnlyList<int> ShapeOf(UserFolder folder) => Shape(Read(folder.Files[0].Path));

    /// <summary>All of them. InvalidDataException: two differ in size.</summary>
    public static (Split, IReadOnlyList<int>) Read(string name, UserFolder folder)
    {
        PngImage[] pictures = [.. folder.Files.Select(file => Read(file.Path))];
        var first = pictures[0];
        foreach (var (i, odd) in pictures.Index())
        {
            if ((odd.Width, odd.Height, odd.Channels) != (first.Width, first.Height, first.Channels))
            {
                throw new InvalidDataException(
                    $"{folder.Files[i].Path} has {odd.Width} x {odd.Height} pixels and {odd.Channels} channels, {folder.Files[0].Path} {first.Width} x {first.Height} and {first.Channels}"
                );
            }
        }

        var shape = Shape(first);
        byte[] pixels = [.. pictures.SelectMany(p => p.Pixels)];
        return (
            new(name, pictures.Length, UserArray.ChannelsFirst(pixels, shape, last: true), null, folder.Labels),
            shape
        );
    }

    private static int[] Shape(PngImage picture) => [picture.Channels, picture.Height, picture.Width];

    private static PngImage Read(string path) => UserFiles.Guard(path, () => PngReader.Read(File.ReadAllBytes(path)));
}
