using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static LSTM LSTM(
            long inputSize,
            long hiddenSize,
            long numLayers = 1,
            bool bias = true,
            bool batchFirst = false,
            double dropout = 0,
            bool bidirectional = false,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype);

        public static GRU GRU(
            long inputSize,
            long hiddenSize,
            long numLayers = 1,
            bool bias = true,
            bool batchFirst = false,
            double dropout = 0,
            bool bidirectional = false,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype);

        public static LSTMCell LSTMCell(
            long inputSize,
            long hiddenSize,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(inputSize, hiddenSize, bias, device, dtype);

        public static GRUCell GRUCell(
            long inputSize,
            long hiddenSize,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(inputSize, hiddenSize, bias, device, dtype);

        public static Embedding Embedding(
            long num_embeddings,
            long embedding_dims,
            long? padding_idx = null,
            double? max_norm = null,
            double norm_type = 2,
            bool scale_grad_by_freq = false,
            bool sparse = false,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            Modules.Embedding.New(
                num_embeddings,
                embedding_dims,
                padding_idx,
                max_norm,
                norm_type,
                scale_grad_by_freq,
                sparse,
                device,
                dtype
            );
    }
}
