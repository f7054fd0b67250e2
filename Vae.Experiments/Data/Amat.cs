namespace Vae.Experiments.Data;

/// <summary>Text of zeros and ones, one example a line: digits with single spaces between them, each line ended by a line feed.</summary>
public static class Amat
{
    /// <summary>Understands the text: '0' → 0, '1' → 255, row-major. InvalidDataException: row and column (from 1) of what is wrong.</summary>
    public static byte[] Parse(ReadOnlySpan<byte> text, int columns)
    {
        var width = 2 * columns; // each digit brings its separator
        var rows = (text.Length + width - 1) / width;
        var pixels = new byte[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var line = text[(row * width)..];
            var target = pixels.AsSpan(row * columns, columns);
            for (var column = 0; column < columns; column++)
            {
                var separator = column == columns - 1 ? '\n' : ' ';
                if (
                    2 * column + 1 >= line.Length
                    || line[2 * column] is not ((byte)'0' or (byte)'1')
                    || line[(2 * column) + 1] != separator
                )
                {
                    throw Wrong(line, row, column, columns);
                }

                target[column] = line[2 * column] == '1' ? byte.MaxValue : byte.MinValue;
            }
        }

        return pixels;
    }

    private static InvalidDataException Wrong(ReadOnlySpan<byte> line, int row, int column, int columns)
    {
        var end = column == columns - 1 ? "the end of the line" : "a space";
        var found = Show(line[Math.Min(2 * column, line.Length)..]);
        return new(
            $"row {row + 1}, column {column + 1}: found {found}, expected 0 or 1 and then {end} ({columns} columns)."
        );
    }

    private static string Show(ReadOnlySpan<byte> rest) =>
        rest.Length switch
        {
            0 => "the end of the file",
            1 => $"{Show(rest[0])} and the end of the file",
            _ => $"{Show(rest[0])} and {Show(rest[1])}",
        };

    private static string Show(byte c) => c is > (byte)' ' and < 0x7F ? $"'{(char)c}'" : $"0x{c:X2}";
}
