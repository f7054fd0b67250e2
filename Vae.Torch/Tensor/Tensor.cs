using System.Runtime.CompilerServices;
using TorchSharp.Utils;
using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array of libtorch's: a handle that owns one native reference until it's disposed.</summary>
    public partial class Tensor : IDisposable
    {
        private nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            DisposeScopeManager.Statistics.Created();
            DisposeScopeManager.Current?.Add(this);
        }

        ~Tensor() => Dispose(false);

        internal DisposeScope? OwningScope { get; set; }

        public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor));

        public bool IsInvalid => handle == 0;

        public string? name { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint owned = Interlocked.Exchange(ref handle, 0);
            if (owned != 0)
            {
                DisposeScopeManager.Statistics.Disposed();
                Shim.vt_free(owned);
            }
        }

        /// <summary>Gives this object's native reference away; the object is disposed afterwards.</summary>
        internal nint Release()
        {
            nint owned = Interlocked.Exchange(ref handle, 0);
            DisposeScopeManager.Statistics.Disposed();
            OwningScope = null;
            GC.SuppressFinalize(this);
            return owned;
        }

        public Tensor MoveToOuterDisposeScope() => OwningScope is { } scope ? scope.MoveToOuter(this) : this;

        public Tensor DetachFromDisposeScope()
        {
            OwningScope = null;
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (other is null)
            {
                return DetachFromDisposeScope();
            }

            return other.MoveToOther(other, this);
        }

        public long dim() => Shim.vt_dim(Handle);

        public long ndim => dim();

        public long numel() => Shim.vt_numel(Handle);

        public long NumberOfElements => numel();

        public ScalarType dtype => (ScalarType)Shim.vt_dtype(Handle);

        public DeviceType device_type => (DeviceType)Shim.vt_device_type(Handle);

        public int device_index => Shim.vt_device_index(Handle);

        public Device device => new(device_type, device_index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_contiguous() => Shim.vt_is_contiguous(Handle) != 0;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                fixed (long* p = sizes)
                {
                    Shim.vt_sizes(Handle, p);
                }

                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim) => shape[dim < 0 ? dim + (int)ndim : dim];

        public unsafe long[] stride()
        {
            var strides = new long[dim()];
            fixed (long* p = strides)
            {
                Shim.vt_strides(Handle, p);
            }

            return strides;
        }

        /// <summary>The elements of a contiguous CPU tensor as bytes, in place.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (device_type != DeviceType.CPU || !is_contiguous())
                {
                    throw new InvalidOperationException(
                        $"bytes of {Describe()}: only a contiguous tensor on the CPU has them."
                    );
                }

                void* data;
                TorchException.ThrowIf(Shim.vt_data(Handle, &data), "data_ptr", Describe());
                return new Span<byte>(data, checked((int)(numel() * ElementSize(dtype))));
            }
        }

        /// <summary>The elements, row-major, as a managed copy behind TorchSharp's accessor.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            Expect<T>();
            using Tensor dense = Dense();
            return new TensorAccessor<T>(
                System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(dense.bytes).ToArray()
            );
        }

        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1)
            {
                throw new InvalidOperationException($"item of {Describe()}: it has {numel()} elements, not one.");
            }

            Expect<T>();
            using Tensor dense = Dense();
            return System.Runtime.InteropServices.MemoryMarshal.Read<T>(dense.bytes);
        }

        /// <summary>A contiguous copy on the CPU that belongs to no scope.</summary>
        private Tensor Dense()
        {
            using IDisposable off = no_grad();
            using Tensor host = Op.Call(aten.to_device, this, CPU, dtype, false, false).DetachFromDisposeScope();
            return Op.Call(aten.contiguous, host).DetachFromDisposeScope();
        }

        private void Expect<T>()
            where T : unmanaged
        {
            ScalarType expected = TypeOf<T>();
            if (expected != dtype)
            {
                throw new ArgumentException($"{Describe()} holds {dtype}, asked for {expected}.");
            }
        }

        internal static long ElementSize(ScalarType type) =>
            type switch
            {
                ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
                ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
                ScalarType.Int32 or ScalarType.Float32 => 4,
                ScalarType.Int64 or ScalarType.Float64 => 8,
                _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
            };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static ScalarType TypeOf<T>() =>
            default(T) switch
            {
                float => ScalarType.Float32,
                double => ScalarType.Float64,
                long => ScalarType.Int64,
                int => ScalarType.Int32,
                short => ScalarType.Int16,
                byte => ScalarType.Byte,
                sbyte => ScalarType.Int8,
                bool => ScalarType.Bool,
                Half => ScalarType.Float16,
                _ => throw new NotSupportedException($"{typeof(T)} isn't an element type of tensors."),
            };

        /// <summary>Type and shape: "Float32[128, 784]".</summary>
        internal string Describe() => handle == 0 ? "disposed tensor" : $"{dtype}[{string.Join(", ", shape)}]";

        public override string ToString() => $"{Describe()}, device = {device}";
    }
}
