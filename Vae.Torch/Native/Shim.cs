using System.Runtime.InteropServices;

namespace Vae.Torch;

/// <summary>The exports of native/shim.cpp, as they are.</summary>
internal static unsafe partial class Shim
{
    private const string Library = LibTorch.Shim;

    static Shim() => LibTorch.Prepare();

    [LibraryImport(Library)]
    internal static partial byte* vt_error();

    [LibraryImport(Library)]
    internal static partial byte* vt_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_operator(string name, string overload, out nint handle);

    [LibraryImport(Library)]
    internal static partial int vt_call(nint op, Value* args, int n, Value* results, int capacity, int* count);

    [LibraryImport(Library)]
    internal static partial void vt_free(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long vt_dim(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long vt_numel(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int vt_dtype(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int vt_device_type(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int vt_device_index(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int vt_is_contiguous(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void vt_sizes(nint tensor, long* sizes);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void vt_strides(nint tensor, long* strides);

    [LibraryImport(Library)]
    internal static partial int vt_data(nint tensor, void** data);

    [LibraryImport(Library)]
    internal static partial int vt_from_memory(void* data, long* sizes, int n, int dtype, out nint tensor);

    [LibraryImport(Library)]
    internal static partial int vt_requires_grad(nint tensor);

    [LibraryImport(Library)]
    internal static partial int vt_set_requires_grad(nint tensor, int value);

    [LibraryImport(Library)]
    internal static partial int vt_is_leaf(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint vt_grad(nint tensor);

    [LibraryImport(Library)]
    internal static partial int vt_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)]
    internal static partial int vt_backward(nint tensor, nint gradient, int retainGraph, int createGraph);

    [LibraryImport(Library)]
    internal static partial int vt_grad_enabled();

    [LibraryImport(Library)]
    internal static partial void vt_set_grad_enabled(int value);

    [LibraryImport(Library)]
    internal static partial nint vt_inference_begin();

    [LibraryImport(Library)]
    internal static partial void vt_inference_end(nint guard);

    [LibraryImport(Library)]
    internal static partial int vt_threads();

    [LibraryImport(Library)]
    internal static partial void vt_set_threads(int n);

    [LibraryImport(Library)]
    internal static partial int vt_cuda_available();

    [LibraryImport(Library)]
    internal static partial int vt_tf32_products();

    [LibraryImport(Library)]
    internal static partial void vt_set_tf32_products(int allowed);

    [LibraryImport(Library)]
    internal static partial int vt_tf32_convolutions();

    [LibraryImport(Library)]
    internal static partial void vt_set_tf32_convolutions(int allowed);

    [LibraryImport(Library)]
    internal static partial int vt_all_finite(nint* tensors, int n, int* result);

    [LibraryImport(Library)]
    internal static partial int vt_storage(nint tensor, nint* at, long* bytes);

    [LibraryImport(Library)]
    internal static partial int vt_norm(nint* tensors, int n, double* result);

    [LibraryImport(Library)]
    internal static partial int vt_profile_begin();

    [LibraryImport(Library)]
    internal static partial int vt_profile_end(byte** report);
}
