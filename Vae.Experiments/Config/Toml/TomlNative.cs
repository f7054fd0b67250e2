using System.Runtime.InteropServices;

namespace Vae.Experiments.Config;

/// <summary>The C ABI of native/toml.cpp.</summary>
internal static unsafe partial class TomlNative
{
    internal enum Kind
    {
        Table,
        Array,
        String,
        Integer,
        Float,
        Boolean,
        Time,
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Node
    {
        public readonly Kind Kind;
        public readonly int Parent;
        public readonly uint KeyLine;
        public readonly uint KeyColumn;
        public readonly uint Line;
        public readonly uint Column;
        public readonly long Integer;
        public readonly double Number;
        public readonly byte* Key;
        public readonly long KeyLength;
        public readonly byte* Text;
        public readonly long TextLength;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Document
    {
        public readonly Node* Nodes;
        public readonly long Count;
        public readonly byte* Error;
        public readonly long ErrorLength;
        public readonly uint Line;
        public readonly uint Column;
    }

    [LibraryImport("vae_toml", EntryPoint = "vae_toml_parse")]
    internal static partial Document* Parse(byte* text, long length);

    [LibraryImport("vae_toml", EntryPoint = "vae_toml_free")]
    internal static partial void Free(Document* document);
}
