using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Vae.Load;

/// <summary>One client's connection: just as much HTTP/1.1 as the service and the echo speak, on a socket that waits.</summary>
/// <remarks>HttpClient takes more of the processor for a request than the server that answers it; since both share this machine, its own time would hide the server's.</remarks>
internal sealed class Wire : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[1 << 14];

    public Wire(Uri address) => socket.Connect(address.Host, address.Port);

    /// <summary>A POST of bytes after JSON, as it goes over the wire.</summary>
    public static byte[] Request(string path, byte[] body, string jsonLength) =>
        [
            .. Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n{Subject.HeaderLengthName}: {jsonLength}\r\n\r\n"
            ),
            .. body,
        ];

    /// <summary>Sends a request and waits for its answer: the status, the body, which stays until the next one, and how many of its bytes are JSON.</summary>
    public (int Status, ReadOnlyMemory<byte> Body, int JsonLength) Ask(byte[] request)
    {
        socket.Send(request);
        int length = 0;
        int head;
        while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += Receive(length);
        }

        ReadOnlySpan<byte> headers = buffer.AsSpan(0, head + 2);
        int status = int.Parse(headers.Slice("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        int begin = head + 4;
        int end = begin + Header(headers, "\r\nContent-Length: "u8);
        int jsonLength = status == 200 ? Header(headers, "\r\nInference-Header-Content-Length: "u8) : 0;
        while (length < end)
        {
            length += Receive(length);
        }

        return (status, buffer.AsMemory(begin..end), jsonLength);
    }

    private int Receive(int at)
    {
        if (at == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * at);
        }

        int read = socket.Receive(buffer.AsSpan(at));
        return read > 0 ? read : throw new IOException("the server closed the connection");
    }

    private static int Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        int at = headers.IndexOf(name);
        if (at < 0)
        {
            throw new IOException($"an answer without{Encoding.ASCII.GetString(name).TrimEnd()}");
        }

        ReadOnlySpan<byte> rest = headers[(at + name.Length)..];
        return int.Parse(rest[..rest.IndexOf("\r\n"u8)], CultureInfo.InvariantCulture);
    }

    public void Dispose() => socket.Dispose();
}
