namespace Vae.Export;

/// <summary>Something can't be exported as asked; the message is the reason.</summary>
public sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An exported file doesn't compute what the trainer computes; the message says which output, and by how much.</summary>
public sealed class ParityException(string message, Exception? inner = null) : Exception(message, inner);
